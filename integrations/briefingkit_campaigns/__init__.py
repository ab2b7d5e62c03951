"""Draft campaigns at services that keep an organisation's contacts: made and kept true here, sent there by a person."""

from briefingkit_campaigns.brevo import BrevoAudience, BrevoCampaigns
from briefingkit_campaigns.mailchimp import MailchimpAudience, MailchimpCampaigns

__all__ = ["BrevoAudience", "BrevoCampaigns", "MailchimpAudience", "MailchimpCampaigns"]
