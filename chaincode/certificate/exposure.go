package certificate

import (
	"fmt"

	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// position is what a holding means for the bank that finances it.
type position struct {
	financing string // empty: none, or the fen were paid
	owner     string
}

func positionOf(h *record.Holding) position {
	if h.Redeemed != 0 {
		return position{}
	}
	return position{h.Claim.Financing, h.Owner}
}

// stake is fen of one financing that came to its bank, or left it, by certificate.
type stake struct {
	financing string
	book      *book
	before    map[string]money.Fen // by owner
	after     map[string]money.Fen
}

// expose has every financing, and the limits of its bank, follow the fen: however
// fen come to a bank or leave it (paid out, resold, bought back, redeemed, moved by
// a court), what is outstanding is the sum over the holdings that say so. The fen
// of a sale count while the bank owns them, those of a loan while they are pledged.
func (d *desk) expose() error {
	for _, b := range d.open {
		for _, s := range b.stakes() {
			if err := s.follow(d.w); err != nil {
				return err
			}
		}
	}
	return nil
}

// stakes are the financings under which some fen of the certificate were or are,
// in order of the holdings.
func (b *book) stakes() []*stake {
	var list []*stake
	of := func(financing string) *stake {
		for _, s := range list {
			if s.financing == financing {
				return s
			}
		}
		s := &stake{financing: financing, book: b, before: map[string]money.Fen{}, after: map[string]money.Fen{}}
		list = append(list, s)
		return s
	}
	for _, e := range b.entries {
		if e.had.financing != "" && !e.was.IsZero() {
			of(e.had.financing).before[e.had.owner] += e.was.Amount()
		}
		if now := positionOf(&e.Holding); now.financing != "" && !e.gone {
			of(now.financing).after[now.owner] += e.Amount()
		}
	}
	return list
}

func (s *stake) follow(w *world.World) error {
	f, err := world.Load(w, record.FinancingKey(s.financing), "financing", s.financing)
	if err != nil {
		return fmt.Errorf("follow the fen of certificate %s: %w", s.book.cert.Number, err)
	}
	change := s.with(f, s.after) - s.with(f, s.before)
	if change == 0 {
		return nil
	}
	if f.Outstanding += change; f.Outstanding < 0 {
		panic(fmt.Sprintf("financing %s: %s outstanding", f.ID, f.Outstanding))
	}
	switch {
	case f.Outstanding == 0 && f.State == record.FinancingDisbursed:
		if err := endFinancing(w, f); err != nil {
			return err
		}
	case f.Outstanding > 0 && f.State == record.FinancingEnded: // bought back from the bank to which they were resold
		if err := reviveFinancing(w, f); err != nil {
			return err
		}
	}
	PutFinancing(w, f)
	if s.book.cert.Bank != f.Funder { // the line of the bank itself counts the fen already
		if err := credit.Expose(w, f.Funder, record.LimitDebtor, s.book.cert.Debtor, change); err != nil {
			return err
		}
	}
	return credit.Expose(w, f.Funder, record.LimitSupplier, f.Holder, change)
}

// with is how many of the fen are with the financing's bank.
func (s *stake) with(f *record.Financing, owned map[string]money.Fen) money.Fen {
	if f.Terms.Kind != record.PledgeLoan {
		return owned[f.Funder]
	}
	var all money.Fen
	for _, amount := range owned { //order: a sum
		all += amount
	}
	return all
}

// endFinancing ends a financing of which nothing is left, and has the bank cancel
// its registration. Whatever else the registry was to get is of no use any more.
func endFinancing(w *world.World, f *record.Financing) error {
	f.State, f.EndedAt = record.FinancingEnded, w.Now()
	pack, err := w.Pack()
	if err != nil {
		return err
	}
	w.Notify(record.NoticeOf{
		Kind: record.FinancingHasEnded, Subject: f.ID, Members: []string{f.Holder, f.Funder}, Amount: f.Amount,
		Closes: []string{f.Funder},
	})
	f.Duty, f.DutyBy = 0, 0
	Owe(w, pack, f, record.RegistrationCancel)
	return nil
}

// reviveFinancing takes up a financing to which fen have come back after its end. Its
// registration is not to be cancelled any more; one that was cancelled already is to be
// made anew.
func reviveFinancing(w *world.World, f *record.Financing) error {
	f.State, f.EndedAt = record.FinancingDisbursed, 0
	pack, err := w.Pack()
	if err != nil {
		return err
	}
	kind := record.RegistrationChange
	if f.Registered == "" {
		kind = record.RegistrationInitial
	}
	owe(w, pack, f, kind)
	return nil
}

// Owe has the funder make an entry in the registry within the pack's days
// (REGISTER-FIRST), when there is an initial registration; it stands in its
// worklist.
func Owe(w *world.World, pack *record.Pack, f *record.Financing, kind record.RegistrationKind) {
	if f.Registered != "" {
		owe(w, pack, f, kind)
	}
}

// owe is Owe whether there is a registration or not.
func owe(w *world.World, pack *record.Pack, f *record.Financing, kind record.RegistrationKind) {
	f.Duty, f.DutyBy = kind, w.Now()+calendarDays(pack.RegisterDays)
	w.Notify(record.NoticeOf{
		Kind: record.RegistrationDue, Subject: f.ID, Members: []string{f.Funder}, Amount: f.Amount,
		Opens: []string{f.Funder}, Until: f.DutyBy,
	})
}

// PutFinancing writes a financing and reports its row.
func PutFinancing(w *world.World, f *record.Financing) {
	world.Put(w, record.FinancingKey(f.ID), f)
	w.ReportFinancing(record.FinancingRow{
		ID: f.ID, Holder: f.Holder, Funder: f.Funder, Debtors: f.Debtors, Amount: f.Amount, Net: f.Cost.Net,
		Outstanding: f.Outstanding, State: f.State, At: f.RequestedAt,
	})
}
