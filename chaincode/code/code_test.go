package code_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/tierledger/tierledger/chaincode/code"
)

// The golden file is the promise to everyone who stored a code: a line may be
// added, none may change.
func TestListIsAppendOnly(t *testing.T) {
	golden, err := os.ReadFile("testdata/codes.txt")
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	var list strings.Builder
	for _, e := range code.All() {
		line := fmt.Sprintf("%d %s", e.Code, e.Name)
		have[line] = true
		fmt.Fprintln(&list, line)
	}
	for line := range strings.Lines(string(golden)) {
		if line = strings.TrimSpace(line); line != "" && !have[line] {
			t.Errorf("code %q was changed or removed", line)
		}
	}
	if list.String() != string(golden) {
		t.Errorf("testdata/codes.txt does not list every code; it should read:\n%s", list.String())
	}
}

func TestEveryCodeSpeaksToPeopleInBothLanguages(t *testing.T) {
	names, numbers := map[string]bool{}, map[code.Code]bool{}
	for _, e := range code.All() {
		if names[e.Name] || numbers[e.Code] {
			t.Errorf("%s (%d) is listed twice", e.Name, e.Code)
		}
		names[e.Name], numbers[e.Code] = true, true
		if e.English == "" || e.Chinese == "" || (e.Next == "") != (e.NextZH == "") {
			t.Errorf("%s lacks a text", e.Name)
		}
	}
}

func TestRefusalCrossesTheChaincodeInterface(t *testing.T) {
	in := code.TermTooLong.New("term %d days", 400).Under("TERM-MAX")
	out := code.ParseMessage(in.Message())
	if *out != *in {
		t.Fatalf("got %v, want %v", out, in)
	}
	wrapped := fmt.Errorf("issue: %w", in)
	if !code.TermTooLong.Is(wrapped) || code.Expired.Is(wrapped) || !errors.Is(wrapped, code.TermTooLong.New("")) {
		t.Fatal("the code is lost when wrapped")
	}
	for _, foreign := range []string{"", "Function x not found", "{}", `{"code":"NO_SUCH"}`, `{"code":"OK"}`} {
		if got := code.ParseMessage(foreign); got.Code != code.Internal || got.Detail != "" {
			t.Errorf("message %q became %v", foreign, got)
		}
	}
}
