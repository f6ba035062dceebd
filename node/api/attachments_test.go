package api_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/attach"
)

const (
	testPDF = "%PDF-1.7\n1 0 obj"
	pdfType = "application/pdf"
)

func hexOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// zipOf packs files, each under its text's digest or the name given.
func zipOf(t testing.TB, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// bring sends a file.
func (n *node) bring(who, method, uri, media, text string) answer {
	n.Helper()
	h := http.Header{"Content-Type": {media}, "X-Request-Id": {"same"}}
	if who != "" {
		h.Set("Authorization", n.login(who, method, uri, []byte(text)))
	}
	r, err := http.NewRequestWithContext(n.Context(), method, n.http.URL+uri, strings.NewReader(text))
	if err != nil {
		n.Fatal(err)
	}
	return n.perform(r, h)
}

// A supplier puts its contract beside the ledger; whoever sees the record reads it.
func TestAFileIsForWhoeverSeesItsRecord(t *testing.T) {
	s := tell(t)
	s.serve(joining(t))
	ctx := t.Context()
	owner := s.client("tier1/maker")
	put, err := owner.PutAttachment(ctx, []byte(testPDF), pdfType, "合同 2026.pdf")
	if err != nil || put.Digest.String() != hexOf(testPDF) || put.Member != s.IDs["tier1"] || put.Size != int64(len(testPDF)) {
		t.Fatalf("kept: %+v %v", put, err)
	}
	readers := func() (list []string) {
		for _, who := range []string{"tier1/checker", "core/maker", "tier2/maker", "tier3/maker", "outsider/maker", "auditor/maker", "bank1/maker"} {
			text, name, err := s.client(who).ReadAttachment(ctx, put.Digest)
			switch {
			case err == nil && string(text) == testPDF && name == "合同 2026.pdf":
				list = append(list, who)
			case !code.NotAuthorised.Is(err):
				t.Errorf("%s reads %q %q %v", who, text, name, err)
			}
		}
		return list
	}
	if list := readers(); strings.Join(list, " ") != "tier1/checker" {
		t.Errorf("a file that belongs to no record is read by %v", list)
	}
	l, err := owner.LinkAttachment(ctx, put.Digest, "invoice", s.invoice.String(), "")
	if err != nil || l.Kind != "invoice" || l.Name != "合同 2026.pdf" {
		t.Fatalf("linked: %+v %v", l, err)
	}
	// The invoice is between tier1 and tier2; those who see all see it too.
	if list := readers(); strings.Join(list, " ") != "tier1/checker tier2/maker auditor/maker bank1/maker" {
		t.Errorf("a file of the invoice is read by %v", list)
	}
	if list, err := collect(s.client("tier2/maker").Attachments(ctx, "invoice", s.invoice.String())); err != nil || len(list) != 1 || list[0].Digest != put.Digest {
		t.Errorf("the files of the invoice: %+v %v", list, err)
	}
	if list, err := collect(owner.Attachments(ctx, "", "")); err != nil || len(list) != 1 || list[0].Name != "合同 2026.pdf" {
		t.Errorf("one's own files: %+v %v", list, err)
	}
	for _, c := range []struct{ kind, id string }{
		{"invoice", s.invoice.String()}, {"certificate", s.certificate}, {"certificate", "none"}, {"contract", "a/b"},
		{"batch-row", s.proposal + ".1"}, {"delivery", "none"},
	} {
		if _, err := collect(s.client("outsider/maker").Attachments(ctx, c.kind, c.id)); !code.NotAuthorised.Is(err) {
			t.Errorf("an outsider lists the files of %s %s: %v", c.kind, c.id, err)
		}
		if _, err := s.client("outsider/maker").LinkAttachment(ctx, put.Digest, c.kind, c.id, ""); !code.NotAuthorised.Is(err) {
			t.Errorf("an outsider links another's file to %s %s: %v", c.kind, c.id, err)
		}
	}
	if _, err := owner.LinkAttachment(ctx, put.Digest, "batch-row", s.proposal+".1", ""); !code.NotAuthorised.Is(err) {
		t.Errorf("a file is linked to another's batch: %v", err)
	}
	for _, id := range []string{s.proposal, s.proposal + ".0", s.proposal + ".x", s.proposal + ".1.2"} {
		if _, err := owner.LinkAttachment(ctx, put.Digest, "batch-row", id, ""); !code.BadRequest.Is(err) {
			t.Errorf("a row is called %s: %v", id, err)
		}
	}
}

// What a file says of itself is not believed, and a browser shows none of it.
func TestFilesAreHandledWithCare(t *testing.T) {
	n := newNode(t, joining(t))
	n.Enrol("tier1")
	n.Enrol("tier2")
	const html = "<html><script>alert(1)</script>"
	for name, c := range map[string]struct{ who, uri, media, text, want string }{
		"another digest":        {"tier1/maker", "/v1/attachments/" + hexOf("other"), pdfType, testPDF, "BAD_FILE"},
		"a page":                {"tier1/maker", "/v1/attachments/" + hexOf(html), "text/html", html, "BAD_FILE"},
		"a page called pdf":     {"tier1/maker", "/v1/attachments/" + hexOf(html), pdfType, html, "BAD_FILE"},
		"no digest":             {"tier1/maker", "/v1/attachments/x", pdfType, testPDF, "BAD_REQUEST"},
		"a name that is a path": {"tier1/maker", "/v1/attachments/" + hexOf(testPDF) + "?name=..%2Fx.pdf", pdfType, testPDF, "BAD_ARGUMENT"},
		"nothing":               {"tier1/maker", "/v1/attachments/" + hexOf(""), pdfType, "", "BAD_REQUEST"},
		"a stranger":            {"", "/v1/attachments/" + hexOf(testPDF), pdfType, testPDF, "UNAUTHENTICATED"},
		"too large":             {"tier1/maker", "/v1/attachments/" + hexOf("x"), pdfType, testPDF + strings.Repeat("0", attach.MaxFile), "TOO_LARGE"},
		"beyond the space":      {"tier1/maker", "/v1/attachments/" + hexOf(testPDF+strings.Repeat("0", testQuota)), pdfType, testPDF + strings.Repeat("0", testQuota), "STORAGE_FULL"},
	} {
		if a := n.bring(c.who, http.MethodPut, c.uri, c.media, c.text); a.code(t) != c.want {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	uri := "/v1/attachments/" + hexOf(testPDF)
	h := http.Header{"Content-Type": {pdfType}, "Authorization": {n.login("tier1/maker", http.MethodPut, uri, []byte(testPDF))}}
	r, err := http.NewRequestWithContext(n.Context(), http.MethodPut, n.http.URL+uri, strings.NewReader(testPDF+"more"))
	if err != nil {
		t.Fatal(err)
	}
	if a := n.perform(r, h); a.code(t) != "UNAUTHENTICATED" {
		t.Errorf("a token for another body: %d %s", a.status, a.body)
	}
	if a := n.bring("tier1/maker", http.MethodPut, uri+"?name=x.pdf", pdfType, testPDF); a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	a := n.ask("tier1/maker", http.MethodGet, uri, "")
	for header, want := range map[string]string{
		"Content-Type": pdfType, "Content-Disposition": "attachment; filename=x.pdf", "X-Content-Type-Options": "nosniff",
		"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
	} {
		if got := a.header.Get(header); got != want {
			t.Errorf("%s: %q", header, got)
		}
	}
	// What is there and what is not answer alike.
	there, absent := n.ask("tier2/maker", http.MethodGet, uri, ""), n.ask("tier2/maker", http.MethodGet, "/v1/attachments/"+hexOf("absent"), "")
	if there.status != http.StatusForbidden || there.body != absent.body {
		t.Errorf("%s\n%s", there.body, absent.body)
	}
}

func TestAnArchiveBringsManyFiles(t *testing.T) {
	n := newNode(t, joining(t))
	n.Enrol("tier1")
	ctx, c := t.Context(), n.client("tier1/maker")
	list, err := c.PutAttachments(ctx, []byte(zipOf(t, map[string]string{"合同/a.pdf": testPDF})))
	if err != nil || len(list) != 1 || list[0].Name != "a.pdf" || list[0].Digest != record.Digest(sha256.Sum256([]byte(testPDF))) {
		t.Fatalf("kept %+v %v", list, err)
	}
	for name, files := range map[string]map[string]string{
		"a way out":    {"../../evil.pdf": testPDF + "evil"},
		"a wrong type": {"good.pdf": testPDF + "good", "evil.exe": "MZ"},
	} {
		if _, err := c.PutAttachments(ctx, []byte(zipOf(t, files))); !code.BadFile.Is(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	bomb := zipOf(t, map[string]string{"bomb.pdf": testPDF + strings.Repeat("0", attach.MaxFile)})
	if _, err := c.PutAttachments(ctx, []byte(bomb)); !code.TooLarge.Is(err) {
		t.Errorf("a bomb of %d bytes: %v", len(bomb), err)
	}
	if list, err := collect(c.Attachments(ctx, "", "")); err != nil || len(list) != 1 {
		t.Errorf("after the refusals: %+v %v", list, err)
	}
	if a := n.bring("", http.MethodPost, "/v1/attachments/bulk", "application/zip", bomb); a.code(t) != "UNAUTHENTICATED" {
		t.Errorf("a stranger's archive: %d %s", a.status, a.body)
	}
}

// answersOfAttachments brings files and asks for them.
func (s *story) answersOfAttachments(answers map[string]any) {
	s.Helper()
	uri := "/v1/attachments/" + hexOf(testPDF)
	answers["putAttachment"] = decoded(s, s.bring("tier1/maker", http.MethodPut, uri+"?name=contract.pdf", pdfType, testPDF))
	archive := zipOf(s, map[string]string{"receipt.pdf": testPDF + "2"})
	answers["putAttachments"] = decoded(s, s.bring("tier1/maker", http.MethodPost, "/v1/attachments/bulk", "application/zip", archive))
	answers["linkAttachment"] = decoded(s, s.ask("tier1/maker", http.MethodPost, uri+"/links",
		`{"kind":"invoice","id":"`+s.invoice.String()+`"}`))
	answers["listAttachments"] = decoded(s, s.ask("tier1/maker", http.MethodGet, "/v1/attachments?kind=invoice&id="+s.invoice.String(), ""))
}
