package access_test

import (
	"testing"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/access"
)

func TestTradeDocumentsAreSeenByTheirSides(t *testing.T) {
	b := newBook(t)
	put(b, record.ContractKey("k"), record.TradeContract{ID: "k", Buyer: "debtor", Seller: "first"})
	put(b, record.DeliveryKey("d"), record.Delivery{ID: "d", Contract: "k", Buyer: "debtor", Seller: "first"})
	m := b.write()
	seenBy(b, m, func(r *access.Reader) error { _, err := r.Contract("k"); return err }, "debtor", "first")
	seenBy(b, m, func(r *access.Reader) error { _, err := r.Delivery("d"); return err }, "debtor", "first")
}

// A sponsor hears of a request only when it was not answered in time.
func TestAConfirmationIsSeenByItsSides(t *testing.T) {
	b := newBook(t)
	for id, state := range map[string]record.ConfirmationState{"open": record.ConfirmationOpen, "late": record.ConfirmationOverdue} {
		put(b, record.ConfirmationKey(id), record.Confirmation{ID: id, Creditor: "first", Debtor: "debtor", State: state})
	}
	b.note(record.Outcome{Height: 1, Index: 1, TxID: digest("t"), Effects: record.Effects{Notices: []record.NoticeOf{
		{Kind: record.ConfirmationEscalated, Subject: "late", Members: []string{"first", "debtor", "bank"}},
	}}})
	m := b.write()
	ask := func(id string) func(*access.Reader) error {
		return func(r *access.Reader) error { _, err := r.Confirmation(id); return err }
	}
	seenBy(b, m, ask("open"), "first", "debtor")
	seenBy(b, m, ask("late"), "first", "debtor", "bank")
}

func TestAPledgeIsSeenByItsSidesAndTheDebtor(t *testing.T) {
	b := newBook(t)
	put(b, record.CertificateKey("c"), record.Certificate{Number: "c", Debtor: "debtor", FirstHolder: "first"})
	put(b, record.PledgeKey("p"), record.Pledge{ID: "p", Pledgor: "now", Pledgee: "bank", Leg: record.Leg{Certificate: "c"}})
	m := b.write()
	seenBy(b, m, func(r *access.Reader) error { _, err := r.Pledge("p"); return err }, "now", "bank", "debtor")
}

func TestADebtorSeesOfAnOrderItsOwnCertificates(t *testing.T) {
	b := newBook(t)
	put(b, record.CertificateKey("c"), record.Certificate{Number: "c", Debtor: "debtor"})
	put(b, record.CertificateKey("d"), record.Certificate{Number: "d", Debtor: "other"})
	put(b, record.OrderKey("o"), record.Order{
		ID: "o", Kind: record.OrderFreeze, Authority: "court", Target: "now", EnteredBy: "bank", ConfirmedBy: "former",
		Certificates: []string{"c", "d"}, Amount: 500, Taken: 300, Shortfall: 200, Moved: 1,
	})
	b.note(record.Outcome{Height: 1, Index: 1, TxID: digest("t"), Effects: record.Effects{Notices: []record.NoticeOf{
		{Kind: record.FreezeMade, Subject: "o", Members: []string{"now", "bank", "former", "debtor"}},
	}}})
	m := b.write()
	seenBy(b, m, func(r *access.Reader) error { _, err := r.Order("o"); return err }, "now", "bank", "former", "debtor")
	part, err := b.reader(m, "debtor").Order("o")
	if err != nil || part.Authority != "court" || len(part.Certificates) != 1 || part.Certificates[0] != "c" ||
		part.Amount+part.Taken+part.Shortfall+part.Moved != 0 {
		t.Errorf("the debtor sees %+v, %v", part, err)
	}
	if whole, err := b.reader(m, "now").Order("o"); err != nil || whole.Amount != 500 || len(whole.Certificates) != 2 {
		t.Errorf("the target sees %+v, %v", whole, err)
	}
}

func TestWhatBelongsToAMember(t *testing.T) {
	b := newBook(t)
	put(b, record.PolicyKey("first"), record.Policy{Rules: []record.PolicyRule{{Function: "certificate:Issue", From: 100}}})
	m := b.write()
	seenBy(b, m, func(r *access.Reader) error { return r.Credentials("first") }, "first", "bank")
	seenBy(b, m, func(r *access.Reader) error { _, err := r.Policy("first"); return err }, "first")
	seenBy(b, m, func(r *access.Reader) error { _, err := r.Totals("first"); return err }, "first")
	seenBy(b, m, func(r *access.Reader) error { _, err := r.Concerning("first"); return err }, "first")
	seenBy(b, m, func(r *access.Reader) error { _, err := r.Exposure("bank"); return err }, "bank")
	if p, err := b.reader(m, "now").Policy("now"); err != nil || len(p.Rules) != 0 {
		t.Errorf("no policy was set: %+v, %v", p, err)
	}
	for _, who := range everybody {
		r := b.reader(m, who)
		own, err := r.Exposure("")
		switch {
		case r.Member.Roles.Has(record.Funder):
			if err != nil || own != who {
				t.Errorf("%s asks for its exposure: %q, %v", who, own, err)
			}
		case r.SeesAll():
			if !code.BadRequest.Is(err) {
				t.Errorf("%s names no bank: %v", who, err)
			}
		case !code.NotAuthorised.Is(err):
			t.Errorf("%s is no bank: %v", who, err)
		}
	}
}

// A stop binds every bank; a review is between the debtor and the bank that signed it.
func TestWhatBanksAttestAboutADebtor(t *testing.T) {
	b := newBook(t)
	m := b.write()
	seenBy(b, m, func(r *access.Reader) error { _, err := r.Stops("debtor"); return err }, "debtor", "bank", "former")
	seenBy(b, m, func(r *access.Reader) error { _, _, err := r.Reviews("debtor", ""); return err }, "debtor", "bank", "former")
	seenBy(b, m, func(r *access.Reader) error { _, _, err := r.Reviews("debtor", "bank"); return err }, "debtor", "bank")
	for _, who := range everybody {
		r := b.reader(m, who)
		stops, err := r.Stops("")
		debtor, bank, other := r.Reviews("", "")
		if err != nil || other != nil {
			t.Errorf("%s names nobody: %v, %v", who, err, other)
		}
		want := [3]string{who, who, ""}
		switch {
		case r.SeesAll():
			want = [3]string{}
		case r.Institution():
			want = [3]string{"", "", who}
		}
		if got := [3]string{stops, debtor, bank}; got != want {
			t.Errorf("%s lists stops of %q, reviews of %q by %q", who, stops, debtor, bank)
		}
	}
}

// What does not exist is told to those who see all only, and an id with a slash is of
// nothing.
func TestListedRecordsThatDoNotExist(t *testing.T) {
	b := newBook(t)
	put(b, record.PolicyKey("first"), record.Policy{})
	m := b.write()
	for name, ask := range map[string]func(*access.Reader, string) error{
		"contract":     func(r *access.Reader, id string) error { _, err := r.Contract(id); return err },
		"delivery":     func(r *access.Reader, id string) error { _, err := r.Delivery(id); return err },
		"confirmation": func(r *access.Reader, id string) error { _, err := r.Confirmation(id); return err },
		"pledge":       func(r *access.Reader, id string) error { _, err := r.Pledge(id); return err },
		"order":        func(r *access.Reader, id string) error { _, err := r.Order(id); return err },
		"credentials":  func(r *access.Reader, id string) error { return r.Credentials(id) },
		"policy":       func(r *access.Reader, id string) error { _, err := r.Policy(id); return err },
	} {
		for _, who := range everybody {
			r, want := b.reader(m, who), code.NotAuthorised
			if r.SeesAll() {
				want = code.NotFound
			}
			for _, id := range []string{"none", "", "first/policy"} {
				if err := ask(r, id); !want.Is(err) {
					t.Errorf("%s asks for %s %q: %v", who, name, id, err)
				}
			}
		}
	}
}
