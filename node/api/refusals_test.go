package api_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"
)

// described is what this file looks at in the description.
type described struct {
	Paths map[string]map[string]struct {
		OperationID string `json:"operationId"`
		Parameters  []struct {
			Name   string
			Schema struct{ Format string }
		}
		Responses map[string]struct {
			Ref     string `json:"$ref"`
			Content map[string]struct{}
		}
	}
	Components struct {
		Responses map[string]struct {
			Content map[string]struct {
				Schema struct {
					Ref string `json:"$ref"`
				}
			}
		}
		Schemas map[string]struct {
			Properties map[string]struct {
				Type  any
				Items struct{ Enum []any }
				AnyOf []struct {
					Ref  string `json:"$ref"`
					Type string
				}
			}
		}
	}
}

func descriptionOf(t *testing.T) described {
	t.Helper()
	n := newNode(t)
	n.serve(whole(n)...)
	var d described
	if err := json.Unmarshal([]byte(n.ask("", http.MethodGet, "/openapi.json", "").body), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// Every operation names the statuses with which it refuses, each a problem document.
func TestEveryOperationNamesItsRefusals(t *testing.T) {
	d := descriptionOf(t)
	for _, r := range d.Components.Responses {
		for media, content := range r.Content {
			if media != "application/problem+json" || content.Schema.Ref != "#/components/schemas/Problem" {
				t.Errorf("a refusal is %s of %s", media, content.Schema.Ref)
			}
		}
	}
	want := map[string][]string{
		"getCertificate":    {"200", "304", "400", "401", "403", "404", "422", "429", "503", "default"},
		"getStatus":         {"200", "304", "400", "404", "422", "429", "503", "default"},
		"submitTransaction": {"200", "202", "400", "401", "403", "409", "413", "415", "422", "429", "503", "default"},
		"enrol":             {"200", "400", "404", "409", "413", "415", "422", "429", "503", "default"},
		"live":              {"200", "304", "422", "503", "default"},
	}
	for _, path := range d.Paths {
		for _, op := range path {
			var statuses []string
			for status, response := range op.Responses {
				statuses = append(statuses, status)
				if response.Ref != "" {
					name := response.Ref[len("#/components/responses/"):]
					if _, ok := d.Components.Responses[name]; !ok {
						t.Errorf("%s refers to %s, which is not there", op.OperationID, response.Ref)
					}
				}
			}
			slices.Sort(statuses)
			if w := want[op.OperationID]; w != nil && !slices.Equal(w, statuses) {
				t.Errorf("%s has %v, want %v", op.OperationID, statuses, w)
			}
			for _, always := range []string{"422", "503", "default"} {
				if !slices.Contains(statuses, always) {
					t.Errorf("%s does not have %s", op.OperationID, always)
				}
			}
		}
	}
}

// A day is described as one, and another text is still BAD_DATE; a list of kinds is a
// list of names and not bytes in base64.
func TestDaysAndListsOfNamesAreDescribed(t *testing.T) {
	d := descriptionOf(t)
	days := 0
	for _, p := range d.Paths["/v1/holdings"]["get"].Parameters {
		if p.Schema.Format == "date" {
			days++
		}
	}
	if days != 2 {
		t.Errorf("%d parameters of the holdings are days, want 2", days)
	}
	for _, name := range []string{"HoldingRow", "PaperRecord"} {
		locks := d.Components.Schemas[name].Properties["locks"]
		if isArray(locks.Type) && slices.Contains(locks.Items.Enum, any("pledge")) {
			continue
		}
		t.Errorf("the locks of %s are %v of %v", name, locks.Type, locks.Items.Enum)
	}
}

func isArray(kind any) bool {
	list, _ := kind.([]any)
	return kind == "array" || slices.Contains(list, any("array"))
}

// What is null when a record does not have it is described so, and what a record takes
// from another has its members.
func TestAbsentAndTakenMembersAreDescribed(t *testing.T) {
	d := descriptionOf(t)
	payee := d.Components.Schemas["MemberAccounts"].Properties["payee"].AnyOf
	if len(payee) != 2 || payee[0].Ref == "" || payee[1].Type != "null" {
		t.Errorf("the payee of accounts is %v, want a record or null", payee)
	}
	for name, members := range map[string][]string{"WholeRun": {"id", "tally", "whole", "funds"}, "SealedLeg": {"account", "sealed", "leg"}} {
		for _, member := range members {
			if _, ok := d.Components.Schemas[name].Properties[member]; !ok {
				t.Errorf("%s is described without %s", name, member)
			}
		}
	}
}
