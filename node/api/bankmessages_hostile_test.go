package api_test

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/tierledger/tierledger/network/banksim"
	"github.com/tierledger/tierledger/node/client"
)

// bankArchive is a ZIP archive of files.
func bankArchive(t testing.TB, files ...client.BankFile) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		part, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(f.Text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// post sends a body with a login.
func (d *desk) post(who, uri, media string, body []byte) answer {
	d.Helper()
	h := http.Header{"X-Request-Id": {"same"}, "Authorization": {d.login(who, http.MethodPost, uri, body)}}
	if media != "" {
		h.Set("Content-Type", media)
	}
	r, err := http.NewRequestWithContext(d.Context(), http.MethodPost, d.http.URL+uri, bytes.NewReader(body))
	if err != nil {
		d.Fatal(err)
	}
	r.Header = h
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		d.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		d.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(text)}
}

const readingURI = "/v1/bank-messages/reading"

func TestMessagesComeInSeveralForms(t *testing.T) {
	d := atDesk(t, banksim.Faults{})
	files := d.of("bank3", d.pay())
	var one, all client.BankReading
	read(t, d.post("bank3/maker", readingURI, "application/xml; charset=utf-8", files[0].Text), &one)
	if len(one.Messages) != 1 || one.Messages[0].File != "message 1" {
		t.Errorf("XML: %+v", one.Messages)
	}
	with := append([]client.BankFile{{Name: "readme.txt", Text: []byte("nothing")}, {Name: "dir/../../up.xml", Text: files[0].Text}}, files...)
	read(t, d.post("bank3/maker", readingURI, "application/zip", bankArchive(t, with...)), &all)
	if len(all.Messages) != len(files)+1 || all.Messages[0].File != "up.xml" || all.Totals.Items == 0 {
		t.Errorf("ZIP: %+v", all.Messages)
	}
	for i := range all.Items {
		if all.Items[i].File != "up.xml" && all.Items[i].File != files[len(files)-1].Name && !slices.ContainsFunc(files, func(f client.BankFile) bool { return f.Name == all.Items[i].File }) {
			t.Errorf("an item of %s", all.Items[i].File)
		}
	}
}

// Files that are none, or not the bank's, or made to hurt.
func TestHostileMessages(t *testing.T) {
	d := atDesk(t, banksim.Faults{})
	files := d.pay()
	own := d.of("bank3", files)[0].Text
	bomb := bankArchive(t, slices.Repeat([]client.BankFile{{Name: "a.xml", Text: bytes.Repeat([]byte(" "), 19<<20)}}, 7)...)
	many := bankArchive(t, slices.Repeat([]client.BankFile{{Name: "a.xml", Text: own}}, 1_000)...)
	broken := bankArchive(t, client.BankFile{Name: "a.xml", Text: own})
	copy(broken[40:], bytes.Repeat([]byte{0xff}, 200))
	entity := bytes.Replace(own, []byte("<Document"), []byte(`<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><Document`), 1)
	for name, c := range map[string]struct {
		media string
		body  []byte
		want  string
	}{
		"nothing":                 {"application/xml", nil, "BAD_REQUEST"},
		"no XML":                  {"application/xml", []byte("hello"), "BAD_FILE"},
		"half":                    {"application/xml", own[:len(own)/2], "BAD_FILE"},
		"an entity":               {"application/xml", entity, "BAD_FILE"},
		"an order":                {"application/xml", d.byTheCommandLine(), "BAD_FILE"},
		"another bank's":          {"application/xml", d.of("bank5", files)[0].Text, "BAD_FILE"},
		"too large":               {"application/xml", bytes.Repeat([]byte("<a>"), 8<<20), "TOO_LARGE"},
		"deep":                    {"application/xml", append(slices.Clone(own[:200]), bytes.Repeat([]byte("<a>"), 1<<20)...), "TOO_LARGE"},
		"JSON":                    {"application/json", []byte("{}"), "BAD_REQUEST"},
		"no type":                 {"", own, "BAD_REQUEST"},
		"a type that is none":     {"a b c", own, "BAD_REQUEST"},
		"an archive that is not":  {"application/zip", own, "BAD_FILE"},
		"an empty archive":        {"application/zip", bankArchive(t), "BAD_FILE"},
		"an archive of blanks":    {"application/zip", bomb, "TOO_LARGE"},
		"an archive of many":      {"application/zip", many, "TOO_LARGE"},
		"a broken archive":        {"application/zip", broken, "BAD_FILE"},
		"a form without parts":    {"multipart/form-data; boundary=x", []byte("--x--\r\n"), "BAD_FILE"},
		"a form without end":      {"multipart/form-data; boundary=x", []byte("--x\r\nContent-Disposition: form-data; name=\"message\"; filename=\"a.xml\"\r\n\r\nabc"), "BAD_REQUEST"},
		"a form without numbers":  {"multipart/form-data; boundary=x", []byte("--x\r\nContent-Disposition: form-data; name=\"accounts\"\r\n\r\n{\r\n--x--\r\n"), "BAD_REQUEST"},
		"a form without boundary": {"multipart/form-data", []byte("--x--\r\n"), "BAD_REQUEST"},
	} {
		for _, uri := range []string{readingURI, "/v1/runs/" + d.run + "/reconciliation"} {
			if uri != readingURI && c.body == nil {
				continue // the ledger is compared with itself
			}
			if a := d.post("bank3/maker", uri, c.media, c.body); a.code(t) != c.want {
				t.Errorf("%s to %s: %d %.300s", name, uri, a.status, a.body)
			}
		}
	}
	if open, err := collect(d.client("bank3/maker").BankExceptions(t.Context(), false)); err != nil || len(open) != 0 {
		t.Errorf("what could not be read left %+v, %v", open, err)
	}
	status := d.of("bank5", files)[0].Text
	if !bytes.Contains(status, []byte("pain.002")) {
		t.Fatal("the first answer is no status report")
	}
	if a := d.post("bank5/maker", "/v1/runs/"+d.run+"/reconciliation", "application/xml", status); a.code(t) != "BAD_FILE" {
		t.Errorf("a status report as a statement: %d %s", a.status, a.body)
	}
}

// Who does not work at a bank's desk is refused alike, whether the run is there or not.
func TestWhoWorksAtADesk(t *testing.T) {
	d := atDesk(t, banksim.Faults{})
	order := []byte(`{"accounts":[]}`)
	absent := d.IDs["core"] + "-20300101"
	for _, c := range []struct {
		method, before, after, media string
		body                         []byte
		may                          []string // of those asked
	}{
		{http.MethodGet, "/v1/runs/", "/sealed-accounts", "", nil, []string{"bank5/maker", "bank1/maker"}},
		{http.MethodGet, "/v1/runs/", "/payment-orders", "", nil, []string{"bank5/maker", "bank5/checker", "bank1/maker", "bank1/checker"}},
		{http.MethodPost, "/v1/runs/", "/payment-order", "application/json", order, []string{"bank5/maker"}},
		{http.MethodPost, "/v1/runs/", "/reconciliation", "", nil, []string{"bank5/maker", "bank5/checker", "bank1/maker", "bank1/checker"}},
	} {
		for _, who := range []string{
			"outsider/maker", "core/maker", "tier1/maker", "operator/maker", "auditor/maker",
			"bank5/admin1", "bank5/checker", "bank1/checker", "bank1/maker", "bank5/maker",
		} {
			ask := func(run string) answer {
				uri := c.before + run + c.after
				if c.method == http.MethodGet {
					return d.ask(who, c.method, uri, "")
				}
				return d.post(who, uri, c.media, c.body)
			}
			there, gone := ask(d.run), ask(absent)
			if may := slices.Contains(c.may, who); may != (there.status == http.StatusOK) && who != "bank5/admin1" {
				t.Errorf("%s asks %s: %d %.200s", who, c.after, there.status, there.body)
			}
			if there.status == http.StatusForbidden && (gone.status != there.status || gone.body != there.body) {
				t.Errorf("%s can tell from %s what exists: %s, absent %s", who, c.after, there.body, gone.body)
			}
		}
	}
	for _, who := range []string{"outsider/maker", "core/maker", "operator/maker", "auditor/maker", "bank5/checker"} {
		if a := d.post(who, readingURI, "application/xml", []byte("<a/>")); a.status != http.StatusForbidden {
			t.Errorf("%s has messages read: %d %s", who, a.status, a.body)
		}
	}
	for _, who := range []string{"outsider/maker", "core/maker", "operator/maker", "auditor/maker"} {
		if a := d.ask(who, http.MethodGet, "/v1/bank-messages/exceptions", ""); a.status != http.StatusForbidden {
			t.Errorf("%s sees exceptions: %d %s", who, a.status, a.body)
		}
		if a := d.ask(who, http.MethodPost, "/v1/bank-messages/exceptions/abc/answer", `{"note":"x"}`); a.status != http.StatusForbidden {
			t.Errorf("%s answers: %d %s", who, a.status, a.body)
		}
	}
	h := http.Header{"Content-Type": {"application/xml"}}
	if a := d.send(http.MethodPost, readingURI, strings.Repeat("x", 2<<20), h); a.status != http.StatusUnauthorized {
		t.Errorf("a stranger's large body: %d %s", a.status, a.body)
	}
}
