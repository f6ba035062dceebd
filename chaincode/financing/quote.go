package financing

import (
	"slices"
	"strings"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/settlement"
	"github.com/tierledger/tierledger/chaincode/world"
)

// QuoteArgument is a bank's sealed offer for a request.
type QuoteArgument struct {
	Financing string           `json:"financing"`
	Account   string           `json:"account"` // from which the bank will pay
	Seal      record.Digest    `json:"seal"`    // SealOf the terms
	Sealed    []byte           `json:"sealed"`  // Opened, in JSON, sealed to the request's reply key
	Expires   calendar.Instant `json:"expires"` // until when it can be chosen; the bank's limits are reserved until then
}

// QuoteResult is a quote after an operation.
type QuoteResult struct {
	Financing string            `json:"financing"`
	Bank      string            `json:"bank"`
	State     record.QuoteState `json:"state"`
}

// Quote makes a sealed offer and reserves the bank's limits on debtors and supplier
// until it expires. Fen that the bank's own credit line backs do not count on the
// debtor again.
//
// Refusals, in order: form (BAD_ARGUMENT, BAD_DATE); the actor is a bank's maker
// (ROLE_MISSING); NOT_FOUND; NOT_INVITED; FINANCING_STATE; REQUEST_CLOSED after the
// deadline; ALREADY_EXISTS while the bank has a quote; LIMIT_EXCEEDED;
// TRANSFER_TO_DEBTOR, SELF_TRANSFER; BAD_DATE when it expires after the request; the
// account (NOT_FOUND, ACCOUNT_UNCONFIRMED, COOLING_OFF); LIMIT_REACHED,
// GROUP_EXCEEDED.
func Quote(w *world.World, in QuoteArgument) (QuoteResult, error) {
	if err := in.form(w); err != nil {
		return QuoteResult{}, err
	}
	bank, err := member.Require(w, record.Maker, record.Funder)
	if err != nil {
		return QuoteResult{}, err
	}
	f, err := Get(w, in.Financing)
	if err != nil {
		return QuoteResult{}, err
	}
	s, again, err := checkQuotable(w, f, bank.ID)
	if err != nil {
		return QuoteResult{}, err
	}
	if err := checkExpiry(w, s, in.Expires); err != nil {
		return QuoteResult{}, err
	}
	if _, err := member.UsableAccount(w, bank.ID, in.Account); err != nil {
		return QuoteResult{}, err
	}
	stakes, err := certificate.Stakes(w, s.Legs)
	if err != nil {
		return QuoteResult{}, err
	}
	q := &record.Quote{
		Financing: f.ID, Bank: bank.ID, Account: in.Account, Seal: in.Seal, Sealed: in.Sealed,
		Reserved: exposureOf(bank.ID, f.Holder, stakes), Expires: in.Expires, State: record.QuoteSealed, Signed: member.Signed(w),
	}
	if err := credit.ReserveLimits(w, bank.ID, q.Reserved); err != nil {
		return QuoteResult{}, err
	}
	if !again {
		f.Quotes++
	}
	certificate.PutFinancing(w, f)
	world.Put(w, record.QuoteKey(f.ID, bank.ID), q)
	w.AddDue(q.Expires, record.DueQuote, dueOf(q))
	w.Notify(record.NoticeOf{
		Kind: record.QuoteWasMade, Subject: f.ID, Members: []string{f.Holder, bank.ID}, Amount: f.Amount,
		Closes: []string{bank.ID}, Opens: []string{f.Holder}, Until: q.Expires,
	})
	return QuoteResult{f.ID, bank.ID, q.State}, nil
}

func (in *QuoteArgument) form(w *world.World) error {
	if err := member.CheckIdentifier("financing", in.Financing); err != nil {
		return err
	}
	if err := member.CheckIdentifier("account", in.Account); err != nil {
		return err
	}
	if n := len(in.Sealed); in.Seal.IsZero() || n == 0 || n > MaxSealed {
		return code.BadArgument.New("a quote has a seal and a sealed document of 1 to %d bytes, not %d", MaxSealed, n)
	}
	if in.Expires <= w.Now() {
		return code.BadDate.New("the quote would expire at %s, now is %s", in.Expires, w.Now())
	}
	return in.Expires.Valid()
}

// checkQuotable refuses a quote that comes from the wrong bank, in the wrong state
// or too late; again tells whether the bank has quoted before.
func checkQuotable(w *world.World, f *record.Financing, bank string) (s *record.Settlement, again bool, err error) {
	if len(f.Invited) > 0 && !slices.Contains(f.Invited, bank) {
		return nil, false, code.NotInvited.New("bank %s, financing %s", bank, f.ID)
	}
	if f.State != record.FinancingRequested {
		return nil, false, code.FinancingState.New("financing %s is %s", f.ID, f.State)
	}
	if s, err = settlement.Get(w, f.ID); err != nil {
		return nil, false, err
	}
	if w.Now() >= f.QuotesUntil || settlement.Over(w, s) {
		return nil, false, code.RequestClosed.New("financing %s took quotes until %s", f.ID, f.QuotesUntil)
	}
	old, err := world.Find(w, record.QuoteKey(f.ID, bank))
	if err != nil {
		return nil, false, err
	}
	again = old != nil
	switch {
	case old != nil && old.State == record.QuoteSealed && w.Now() < old.Expires:
		return nil, false, code.AlreadyExists.New("bank %s has quoted for financing %s; it can withdraw that first", bank, f.ID)
	case !again && f.Quotes >= MaxQuotes:
		return nil, false, code.LimitExceeded.New("financing %s has %d quotes", f.ID, f.Quotes)
	case slices.Contains(f.Debtors, bank):
		return nil, false, code.TransferToDebtor.New("bank %s owes fen of financing %s", bank, f.ID)
	case bank == f.Holder:
		return nil, false, code.SelfTransfer.New("bank %s", bank)
	}
	if old != nil && old.State == record.QuoteSealed { // expired, and not swept yet
		err = endQuote(w, old, record.QuoteExpired)
	}
	return s, again, err
}

func checkExpiry(w *world.World, s *record.Settlement, expires calendar.Instant) error {
	pack, err := rules.Current(w)
	if err != nil {
		return err
	}
	latest := settlement.Deadline(w, pack.RequestDays)
	if s.LapsesAt != 0 {
		latest = min(latest, s.LapsesAt)
	}
	if expires > latest {
		return code.BadDate.New("the quote would expire at %s, after the request at %s", expires, latest)
	}
	return nil
}

// exposureOf is what a bank's limits count when it finances the stakes: the debtors
// in order of the legs, then the supplier.
func exposureOf(bank, supplier string, stakes []certificate.Stake) []record.Reservation {
	var list []record.Reservation
	var all money.Fen
	for _, s := range stakes {
		amount := s.Interval.Amount()
		all += amount // a sum of legs: CheckLegs has added it before
		if s.LineBank == bank {
			continue
		}
		i := slices.IndexFunc(list, func(r record.Reservation) bool { return r.Member == s.Debtor })
		if i < 0 {
			list = append(list, record.Reservation{Of: record.LimitDebtor, Member: s.Debtor})
			i = len(list) - 1
		}
		list[i].Amount += amount
	}
	return append(list, record.Reservation{Of: record.LimitSupplier, Member: supplier, Amount: all})
}

// Argument names a financing.
type Argument struct {
	ID string `json:"id"`
}

// WithdrawQuote takes a bank's quote back before it is chosen. Refusals, in order:
// BAD_ARGUMENT; the actor is a bank's maker (ROLE_MISSING); NOT_FOUND; QUOTE_MISSING;
// QUOTE_EXPIRED.
func WithdrawQuote(w *world.World, in Argument) (QuoteResult, error) {
	if err := member.CheckIdentifier("financing", in.ID); err != nil {
		return QuoteResult{}, err
	}
	bank, err := member.Require(w, record.Maker, record.Funder)
	if err != nil {
		return QuoteResult{}, err
	}
	f, err := Get(w, in.ID)
	if err != nil {
		return QuoteResult{}, err
	}
	q, err := sealed(w, f, bank.ID)
	if err != nil {
		return QuoteResult{}, err
	}
	return QuoteResult{f.ID, bank.ID, record.QuoteWithdrawn}, endQuote(w, q, record.QuoteWithdrawn)
}

// sealed returns a quote that can still be chosen: QUOTE_MISSING, QUOTE_EXPIRED.
func sealed(w *world.World, f *record.Financing, bank string) (*record.Quote, error) {
	q, err := world.Find(w, record.QuoteKey(f.ID, bank))
	switch {
	case err != nil:
		return nil, err
	case q == nil:
		return nil, code.QuoteMissing.New("bank %s made none for financing %s", bank, f.ID)
	case q.State == record.QuoteExpired || q.State == record.QuoteSealed && w.Now() >= q.Expires:
		return nil, code.QuoteExpired.New("the quote of bank %s could be chosen until %s", bank, q.Expires)
	case q.State != record.QuoteSealed:
		return nil, code.QuoteMissing.New("the quote of bank %s is %s", bank, q.State)
	}
	return q, nil
}

// endQuote ends a sealed quote; what it reserved comes free unless it was chosen.
func endQuote(w *world.World, q *record.Quote, state record.QuoteState) error {
	w.RemoveDue(q.Expires, record.DueQuote, dueOf(q))
	if state != record.QuoteChosen {
		if err := credit.ReleaseLimits(w, q.Bank, q.Reserved); err != nil {
			return err
		}
	}
	q.State, q.Reserved = state, nil
	world.Put(w, record.QuoteKey(q.Financing, q.Bank), q)
	w.Notify(record.NoticeOf{Kind: record.QuoteHasEnded, Subject: q.Financing, Members: []string{q.Bank}, Closes: []string{q.Bank}})
	return nil
}

// endQuotes ends all quotes that are still sealed, but one bank's.
func endQuotes(w *world.World, f *record.Financing, but string) error {
	var open []*record.Quote
	prefix := record.QuotesPrefix(f.ID)
	err := world.Scan(w, prefix, record.PrefixEnd(prefix), func(_ string, q *record.Quote) (bool, error) {
		if q.State == record.QuoteSealed && q.Bank != but {
			open = append(open, q)
		}
		return true, nil
	})
	if err != nil {
		return err
	}
	for _, q := range open {
		if err := endQuote(w, q, record.QuoteLost); err != nil {
			return err
		}
	}
	return nil
}

// dueOf is the id of a quote in the queue of what lapses.
func dueOf(q *record.Quote) string { return q.Financing + "/" + q.Bank }

// LapseQuote ends a quote whose time has come, for the sweep. A quote that was
// decided, or made anew, is left alone.
func LapseQuote(w *world.World, due record.Due) error {
	w.RemoveDue(due.At, due.Kind, due.ID)
	id, bank, _ := strings.Cut(due.ID, "/")
	q, err := world.Load(w, record.QuoteKey(id, bank), "quote", due.ID)
	if err != nil || q.State != record.QuoteSealed || w.Now() < q.Expires {
		return err
	}
	return endQuote(w, q, record.QuoteExpired)
}
