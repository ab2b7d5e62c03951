// Reads an iCalendar file on standard input with ical.js and writes what it understood as JSON.
// usage: node parse_with_icaljs.mjs FOLDER_WITH_NODE_MODULES < event.ics
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const library = join(process.argv[2], "node_modules", "ical.js", "dist", "ical.js");
const { default: ICAL } = await import(pathToFileURL(library).href);

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
for (const zone of calendar.getAllSubcomponents("vtimezone")) {
  ICAL.TimezoneService.register(new ICAL.Timezone(zone).tzid, new ICAL.Timezone(zone));
}

const moment = (property) => ({
  local: property.getFirstValue().toString(),
  zone: property.getParameter("tzid") ?? null,
  epoch: property.getFirstValue().toUnixTime(),
});
const text = (component, name) => component.getFirstPropertyValue(name);
const texts = (component, name) => component.getAllProperties(name).map((property) => property.getFirstValue());

const events = calendar.getAllSubcomponents("vevent").map((event) => ({
  uid: text(event, "uid"),
  sequence: Number(text(event, "sequence")),
  summary: text(event, "summary"),
  description: text(event, "description"),
  location: text(event, "location"),
  status: text(event, "status"),
  language: event.getFirstProperty("summary").getParameter("language") ?? null,
  categories: event.getFirstProperty("categories").getValues(),
  conferences: texts(event, "conference"),
  links: texts(event, "link"),
  related: texts(event, "related-to"),
  participants: event.getAllSubcomponents("participant").map((one) => text(one, "summary")),
  start: moment(event.getFirstProperty("dtstart")),
  end: moment(event.getFirstProperty("dtend")),
}));
process.stdout.write(JSON.stringify(events));
