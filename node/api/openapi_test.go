package api_test

import (
	"net/http"
	"os"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// descriptionFile is the description of the API for whoever has no node at hand.
const descriptionFile = "../../docs/openapi.json"

// What is in docs is what a node that has everything serves. The examples in it are those
// that were compiled in: after a run that wrote examples anew, -update this again.
func TestTheWrittenDescriptionIsTheServedOne(t *testing.T) {
	n := newNode(t)
	n.serve(whole(n)...)
	a := n.ask("", http.MethodGet, "/openapi.json", "")
	if a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	served := jsontext.Value(a.body)
	if err := served.Indent(jsontext.WithIndent("  ")); err != nil {
		t.Fatal(err)
	}
	served = append(served, '\n')
	if *update {
		if err := os.WriteFile(descriptionFile, served, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(descriptionFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(written) != string(served) {
		t.Errorf("%s is not what a node serves; run this test with -update", descriptionFile)
	}
}
