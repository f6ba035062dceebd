package access_test

import (
	"slices"
	"testing"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/report"
	"github.com/tierledger/tierledger/node/access"
)

func TestReportsAreNarrowedToOnesOwn(t *testing.T) {
	b := newBook(t)
	m := b.write()
	ask := func(r *access.Reader, who string) (kinds map[string]string, refused []error) {
		kinds = map[string]string{}
		debtor, err := r.DebtorReport(who)
		kinds["debtor"], refused = debtor, append(refused, err)
		financings, err := r.FinancingResults(report.FinancingsFilter{Member: who, Bank: "bank"})
		kinds["financings"], refused = financings.Member, append(refused, err)
		legs, err := r.Legs(report.LegsFilter{Member: who, Debtor: "debtor"})
		kinds["legs"], refused = legs.Member, append(refused, err)
		work, err := r.ClearingWork(report.WorkFilter{Member: who})
		kinds["work"], refused = work.Member, append(refused, err)
		alerts, err := r.Alerts(report.AlertFilter{Member: who})
		kinds["alerts"], refused = alerts.Member, append(refused, err)
		return kinds, refused
	}
	for _, who := range everybody {
		r := b.reader(m, who)
		want := who
		if r.SeesAll() {
			want = ""
		}
		for _, asked := range []string{"", who} {
			if asked != "" {
				want = who
			}
			kinds, refused := ask(r, asked)
			for kind, member := range kinds {
				if member != want {
					t.Errorf("%s asks for %s of %q and gets those of %q", who, kind, asked, member)
				}
			}
			for _, err := range refused {
				if err != nil {
					t.Errorf("%s asks for %q: %v", who, asked, err)
				}
			}
		}
		_, refused := ask(r, "nobody")
		for i, err := range refused {
			if code.NotAuthorised.Is(err) == r.SeesAll() {
				t.Errorf("%s asks for report %d of somebody else: %v", who, i, err)
			}
		}
	}
	seenBy(b, m, func(r *access.Reader) error { return r.Whole() })
}

func TestAnAlertShowsEachItself(t *testing.T) {
	b := newBook(t)
	m := b.write()
	whole := report.Alert{
		Rule: report.RuleCircular, Members: []string{"first", "now", "past"}, Others: []string{"debtor"},
		Answers: []record.AlertAnswer{{Signed: record.Signature{Member: "auditor"}}, {Signed: record.Signature{Member: "now"}}},
	}
	if a := b.reader(m, "auditor").Alert(whole); len(a.Members) != 3 || len(a.Others) != 1 || len(a.Answers) != 2 {
		t.Errorf("an auditor sees %+v", a)
	}
	a := b.reader(m, "now").Alert(whole)
	if !slices.Equal(a.Members, []string{"now"}) || len(a.Others) != 0 || len(a.Answers) != 1 || a.Answers[0].Signed.Member != "now" {
		t.Errorf("a holder sees %+v", a)
	}
	if len(whole.Answers) != 2 || whole.Answers[0].Signed.Member != "auditor" {
		t.Errorf("the alert itself was changed: %+v", whole)
	}
}
