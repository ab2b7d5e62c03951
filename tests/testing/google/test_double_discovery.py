import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from briefingkit.testing.google import GoogleDouble
from briefingkit.testing.google.call import Answer
from briefingkit.testing.google.discovery import Routes, load_api
from briefingkit.testing.google.partial import check_selection, parse_fields, select
from briefingkit.testing.google.refusal import Refusal
from briefingkit.testing.google.schema import listed_values

Refused = Callable[[Any], tuple[int, str]]
Fetch = Callable[..., tuple[int, dict[str, str], Any]]


@pytest.fixture
def fetch(google: GoogleDouble) -> Iterator[Fetch]:
    """Give what makes a bare request as the person, and says status, headers and JSON."""
    import httplib2

    client = httplib2.Http()
    client.follow_redirects = False

    def execute(
        path: str, verb: str = "GET", body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], Any]:
        sent = {"Authorization": f"Bearer {google.token()}", **(headers or {})}
        text = body if isinstance(body, str | None) else json.dumps(body)
        answer, content = client.request(google.base_url + path, verb, body=text, headers=sent)
        return answer.status, dict(answer), json.loads(content) if content else None

    yield execute
    client.close()


class TestRequests:
    @pytest.mark.parametrize(
        ("path", "verb"),
        [("nothing", "GET"), ("calendar/v3/colors", "DELETE"), ("calendar/v4/colors", "GET"), ("", "GET")],
    )
    def test_what_is_not_in_the_document_is_not_found(self, fetch: Fetch, path: str, verb: str) -> None:
        status, _, body = fetch(path, verb)
        assert (status, body["error"]["errors"][0]["reason"]) == (404, "notFound")
        assert body["error"].keys() == {"code", "message", "errors"}

    @pytest.mark.parametrize(
        ("query", "reason", "location"),
        [
            ("maxResults=0", "invalid", "maxResults"),
            ("maxResults=many", "invalid", "maxResults"),
            ("maxResults=99999999999", "invalid", "maxResults"),
            ("showDeleted=yes", "invalid", "showDeleted"),
            ("orderBy=title", "invalid", "orderBy"),
            ("eventTypes=party", "invalid", "eventTypes"),
            ("timeMin=today", "invalid", "timeMin"),
            ("q=a&q=b", "invalid", "q"),
            ("limit=5", "invalid", "limit"),
            ("alt=xml", "invalid", "alt"),
            ("fields=items(name)", "invalidParameter", "fields"),
            ("fields=items(id", "invalidParameter", "fields"),
        ],
    )
    def test_a_parameter_that_is_wrong_is_named(
        self, fetch: Fetch, query: str, reason: str, location: str
    ) -> None:
        status, _, body = fetch(f"calendar/v3/calendars/city/events?{query}")
        error = body["error"]["errors"][0]
        assert (status, error["reason"], error["location"]) == (400, reason, location)

    def test_a_parameter_that_is_required_is_asked_for(self, fetch: Fetch) -> None:
        status, _, body = fetch("calendar/v3/calendars/city/events/abcde/move", "POST")
        assert (status, body["error"]["errors"][0]["location"]) == (400, "destination")

    def test_a_body_may_be_compressed(self, google: GoogleDouble) -> None:
        import gzip

        import httplib2

        client = httplib2.Http()
        headers = {"Authorization": f"Bearer {google.token()}", "Content-Encoding": "gzip"}
        body = gzip.compress(b'{"summary": "New"}')
        _, content = client.request(
            google.base_url + "calendar/v3/calendars", "POST", body=body, headers=headers
        )
        client.close()
        assert json.loads(content)["summary"] == "New"

    @pytest.mark.parametrize("body", ["{", "[]", '"x"'])
    def test_what_is_no_json_object_is_refused(self, fetch: Fetch, body: str) -> None:
        status, _, answer = fetch("calendar/v3/calendars", "POST", body)
        assert (status, answer["error"]["errors"][0]["reason"]) == (400, "parseError")

    def test_what_google_has_and_the_double_has_not_says_so(self, service: Any, refused: Refused) -> None:
        assert refused(service.freebusy().query(body={})) == (501, "notImplemented")

    def test_an_id_in_a_path_may_need_quoting(self, google: GoogleDouble, service: Any) -> None:
        google.make_calendar("a/b c@group.calendar.google.com")
        found = service.calendars().get(calendarId="a/b c@group.calendar.google.com").execute()
        assert found["id"] == "a/b c@group.calendar.google.com"

    def test_a_long_query_may_come_as_a_post(self, google: GoogleDouble, fetch: Fetch) -> None:
        google.add("city", summary="Road")
        google.add("city", summary="Other")
        _, _, page = fetch(
            "calendar/v3/calendars/city/events",
            "POST",
            urlencode({"q": "road"}),
            {"X-HTTP-Method-Override": "GET", "Content-Type": "application/x-www-form-urlencoded"},
        )
        assert [each["summary"] for each in page["items"]] == ["Road"]
        assert google.requests[-1].method == "calendar.events.list"

    def test_a_verb_may_be_given_in_a_header(self, google: GoogleDouble, fetch: Fetch) -> None:
        name = google.add("city")
        path = f"calendar/v3/calendars/city/events/{name}"
        _, _, done = fetch(path, "POST", {"summary": "New"}, {"X-HTTP-Method-Override": "PATCH"})
        assert done["summary"] == "New"


class TestAnswers:
    def test_a_part_of_an_answer_can_be_asked_for(self, google: GoogleDouble, fetch: Fetch) -> None:
        google.add("city", summary="Road")
        _, _, page = fetch("calendar/v3/calendars/city/events?fields=items(summary,start/timeZone),timeZone")
        assert page == {
            "items": [{"summary": "Road", "start": {"timeZone": "Europe/Brussels"}}],
            "timeZone": "Europe/Brussels",
        }

    def test_a_wrong_selection_is_refused_before_anything_is_done(
        self, google: GoogleDouble, fetch: Fetch, event: Any
    ) -> None:
        status, _, _ = fetch("calendar/v3/calendars/city/events?fields=name", "POST", event())
        assert (status, google.events("city")) == (400, {})

    def test_a_large_answer_is_compressed_for_who_asks_in_both_headers(
        self, google: GoogleDouble, fetch: Fetch
    ) -> None:
        google.fill("city", 20)
        path = "calendar/v3/calendars/city/events"
        _, plain, _ = fetch(path, headers={"Accept-Encoding": "gzip", "User-Agent": "mine"})
        _, small, page = fetch(path, headers={"Accept-Encoding": "gzip", "User-Agent": "mine (gzip)"})
        assert "-content-encoding" not in plain
        assert small["-content-encoding"] == "gzip"  # httplib2's name for what it has undone
        assert len(page["items"]) == 20

    def test_an_answer_is_indented_when_that_is_asked_for(self, google: GoogleDouble) -> None:
        import httplib2

        client = httplib2.Http()
        texts = []
        for pretty in ("true", "false"):
            headers = {"Authorization": f"Bearer {google.token()}"}
            url = f"{google.base_url}calendar/v3/calendars/city?prettyPrint={pretty}"
            texts.append(client.request(url, headers=headers)[1])
        client.close()
        assert [text.count(b"\n") > 3 for text in texts] == [True, False]

    def test_an_answer_that_google_would_not_give_breaks_the_double(self) -> None:
        from googleapiclient.errors import HttpError

        google = GoogleDouble()
        google._core._rules["calendar.colors.get"] = lambda _: Answer({"colours": {}})
        with pytest.raises(HttpError, match="The double is broken"):
            google.service().colors().get().execute()
        google.close()
        with pytest.raises(ExceptionGroup, match="broken"):
            google.raise_if_broken()

    def test_a_connection_is_kept(self, google: GoogleDouble) -> None:
        from http.client import HTTPConnection

        connection = HTTPConnection("127.0.0.1", google._server.port)
        for _ in range(2):
            connection.request("GET", "/calendar/v3/colors")
            answer = connection.getresponse()
            answer.read()
            assert not answer.will_close
            first = connection.sock
        assert connection.sock is first
        connection.close()

    def test_a_body_may_come_in_chunks(self, google: GoogleDouble) -> None:
        from http.client import HTTPConnection

        connection = HTTPConnection("127.0.0.1", google._server.port)
        headers = {"Authorization": f"Bearer {google.token()}", "Content-Type": "application/json"}
        body = iter([b'{"summary":', b'"New"}'])
        connection.request("POST", "/calendar/v3/calendars", body=body, headers=headers, encode_chunked=True)
        assert json.load(connection.getresponse())["summary"] == "New"
        connection.close()


class TestDocuments:
    def test_values_that_a_description_lists_are_found(self) -> None:
        text = 'Status. Optional. Possible values are:  \n- "a" - One. \n- "b" - Two.\nOther words - "c".'
        assert listed_values(text) == {"a", "b"}
        assert listed_values('Some of the possible values are: \n- "a" - One.') == frozenset()

    @pytest.mark.parametrize(
        ("name", "version"),
        [("calendar", "v3"), ("forms", "v1"), ("drive", "v3"), ("sheets", "v4"), ("gmail", "v1")],
    )
    def test_each_method_of_each_document_is_found_by_its_own_path(self, name: str, version: str) -> None:
        api, routes = load_api(name, version), Routes()
        routes.add(api)
        for method in api.methods.values():
            filled = [part.replace("{", "x").replace("}", "") for part in method.path]
            assert routes.find(method.verb, filled)[0] is method

    def test_a_verb_after_a_colon_is_part_of_the_path(self) -> None:
        routes = Routes()
        routes.add(load_api("forms", "v1"))
        method, values = routes.find("POST", ["v1", "forms", "abc:batchUpdate"])
        assert (method.id, values) == ("forms.forms.batchUpdate", {"formId": "abc"})

    def test_a_schema_is_checked_to_the_bottom(self) -> None:
        shape = load_api("calendar", "v3").schemas["Event"]
        with pytest.raises(Refusal, match=r"conferenceData\.entryPoints\[0\]\.entryPointType"):
            shape({"conferenceData": {"entryPoints": [{"entryPointType": "smoke"}]}}, "")
        with pytest.raises(Refusal, match="attendees"):
            shape({"attendees": [{"additionalGuests": 2**31}]}, "")
        shape({"extendedProperties": {"private": {"a": None}}}, "")

    def test_a_64_bit_number_is_a_string(self) -> None:
        shape = load_api("drive", "v3").schemas["File"]
        shape({"size": "12"}, "")
        for wrong in (12, "twelve", "-" + "9" * 30):
            with pytest.raises(Refusal):
                shape({"size": wrong}, "")


class TestSelections:
    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("kind", {"kind": {}}),
            ("items/id", {"items": {"id": {}}}),
            ("items(id,start/dateTime),kind", {"items": {"id": {}, "start": {"dateTime": {}}}, "kind": {}}),
            ("items/id,items/etag", {"items": {"id": {}, "etag": {}}}),
            ("a/b(c,d/e),f", {"a": {"b": {"c": {}, "d": {"e": {}}}}, "f": {}}),
            ("items(id),items", {"items": {}}),
            ("*", {"*": {}}),
        ],
    )
    def test_a_selection_is_parsed(self, text: str, wanted: dict[str, Any]) -> None:
        assert parse_fields(text) == wanted

    @pytest.mark.parametrize("text", ["", "a,", "a(", "a)", "(a)", "a//b", "a b", "a;b", "a/b)"])
    def test_what_is_no_selection_is_refused(self, text: str) -> None:
        with pytest.raises(Refusal):
            parse_fields(text)

    def test_all_of_a_thing_is_kept_as_it_is(self) -> None:
        shape = load_api("calendar", "v3").schemas["Events"]
        value = {"items": [{"id": "a", "extendedProperties": {"private": {"k": "v", "l": "w"}}}]}
        assert select(value, parse_fields("*")) == value
        assert select(value, parse_fields("items/extendedProperties")) == {
            "items": [{"extendedProperties": {"private": {"k": "v", "l": "w"}}}]
        }
        selection = parse_fields("items/extendedProperties/private/k")
        check_selection(selection, shape)
        one = select(value, selection)
        assert one == {"items": [{"extendedProperties": {"private": {"k": "v"}}}]}


class TestStarting:
    def test_the_double_does_without_googles_client(self) -> None:
        code = (
            "import sys\n"
            "from briefingkit.testing.google import GoogleDouble\n"
            "with GoogleDouble() as google: google.make_calendar('city'); google.fill('city', 1)\n"
            "assert not {'googleapiclient', 'google.auth', 'cryptography', 'httplib2'} & set(sys.modules)"
        )
        subprocess.run([sys.executable, "-c", code], check=True)

    def test_it_starts_and_stops_in_no_time(self) -> None:
        def once() -> float:
            before = time.perf_counter()
            with GoogleDouble():
                pass
            return time.perf_counter() - before

        assert min(once() for _ in range(3)) < 0.1

    def test_two_doubles_know_nothing_of_each_other(self, google: GoogleDouble) -> None:
        with GoogleDouble() as other:
            assert other.base_url != google.base_url
            assert other.calendars == []

    def test_without_the_documents_the_install_command_is_given(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from briefingkit.errors import MissingExtra
        from briefingkit.testing.google import discovery

        monkeypatch.setattr(discovery, "find_spec", lambda _: None)
        with pytest.raises(MissingExtra, match=r"pip install 'briefingkit\[google\]'"):
            discovery.read_document("calendar", "v3")

    def test_many_clients_at_once_lose_nothing(self, google: GoogleDouble, event: Any) -> None:
        def work(number: int) -> None:
            events = google.service().events()
            for each in range(5):
                body = event(id=f"aaaa{number}{each}")
                events.insert(calendarId="city", body=body).execute()

        threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(google.events("city")) == 30
        etags = [each["etag"] for each in google.events("city").values()]
        assert len(set(etags)) == 30
