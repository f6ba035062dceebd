package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/view"
)

// Statement is what one member held, owed, received and paid in one month.
type Statement struct {
	AsOf     AsOf              `json:"asOf"`
	Member   string            `json:"member"`
	Month    string            `json:"month" example:"2026-11"`
	From     calendar.Date     `json:"from"`
	To       calendar.Date     `json:"to"`
	Final    bool              `json:"final" doc:"The month is over: nothing of it changes any more"`
	Held     Side              `json:"held" doc:"Fen that the member owned"`
	Owed     Side              `json:"owed" doc:"Fen that the member owed as debtor"`
	Payments []Payment         `json:"payments" doc:"Money that banks advised, oldest first"`
	Received Flow              `json:"received" doc:"Sum of the payments to the member; what came back counts against it"`
	Paid     Flow              `json:"paid" doc:"Sum of the payments by the member; what came back counts against it"`
	Names    map[string]string `json:"names" doc:"Registered names of all members in it"`
}

// Side is one side of a statement: opening and what came, less what went, is closing.
type Side struct {
	Opening  money.Fen `json:"opening"`
	In       money.Fen `json:"in"`
	Out      money.Fen `json:"out"`
	Closing  money.Fen `json:"closing"`
	Sums     []Sum     `json:"sums" doc:"The entries by kind and direction"`
	Entries  []Entry   `json:"entries" doc:"Oldest first"`
	Balances []Balance `json:"balances" doc:"The closing amount by certificate"`
}

// Sum is the entries of one kind and direction.
type Sum struct {
	Kind string `json:"kind"`
	In   bool   `json:"in"`
	Flow
}

// KindVoid is the kind of an entry of a certificate that both sides ended; the others
// are kinds of moves.
const KindVoid = "void"

// Entry is fen that came to a member or went from it.
type Entry struct {
	Time        calendar.Instant  `json:"time"`
	Kind        string            `json:"kind" enum:"issue,transfer,judicial,succession,sale,resale,buy-back,redeem,recourse,unredeem,void"`
	In          bool              `json:"in"`
	Certificate string            `json:"certificate"`
	Interval    interval.Interval `json:"interval"`
	Amount      money.Fen         `json:"amount"`
	Counterpart string            `json:"counterpart" doc:"The other side"`
	Order       string            `json:"order" doc:"Id of the transfer, the settlement or the order of a court"`
	TxID        record.Digest     `json:"txId"`
	PaidTo      string            `json:"paidTo" doc:"Of fen that were redeemed: who was paid instead of the owner"`

	lent string // paid to a bank that lent on the fen: the financing or the pledge
	at   place
}

// place is where an outcome is.
type place struct {
	height int64
	index  uint32
}

// Balance is what is left of one certificate.
type Balance struct {
	Certificate string        `json:"certificate"`
	Debtor      string        `json:"debtor"`
	Payment     calendar.Date `json:"payment" doc:"When it is or was payable"`
	Amount      money.Fen     `json:"amount"`
}

// Payment is money that a bank advised, or that came back.
type Payment struct {
	Time        calendar.Instant     `json:"time"`
	Purpose     record.Purpose       `json:"purpose"`
	In          bool                 `json:"in" doc:"The member is the payee"`
	Returned    bool                 `json:"returned" doc:"A payment that came back: it counts against the sum"`
	Counterpart string               `json:"counterpart"`
	Amount      money.Fen            `json:"amount"`
	Fen         money.Fen            `json:"fen" doc:"The fen that it settled"`
	Interest    money.Fen            `json:"interest" doc:"The member's, in the difference between the two or on its own"`
	Fee         money.Fen            `json:"fee" doc:"The member's"`
	Kept        money.Fen            `json:"kept" doc:"What a bank did not advance"`
	Settlement  string               `json:"settlement"`
	Financing   string               `json:"financing"`
	Form        record.FinancingKind `json:"form" doc:"Legal form of the financing"`
	Bank        string               `json:"bank" doc:"That advised it"`
	Reference   string               `json:"reference" doc:"Of the bank's advice"`
	TxID        record.Digest        `json:"txId"`

	at place
}

// Month is the first and the last day of a month such as 2026-11: BAD_DATE.
func Month(text string) (Days, error) {
	first, err := calendar.ParseDate(text + "-01")
	if err != nil || len(text) != len("2026-11") {
		return Days{}, code.BadDate.New("%.20q is not a month such as 2026-11", text)
	}
	return Days{first, first.AddMonths(1).AddDays(-1)}, nil
}

// begun is a month that is not in the future: BAD_DATE.
func (s *Source) begun(month string) (Days, error) {
	days, err := Month(month)
	if err == nil && days.From > s.Now.Date() {
		err = code.BadDate.New("month %s has not begun", month)
	}
	return days, err
}

// StatementOf draws up a member's statement of a month that has begun, else BAD_DATE.
// It reads every outcome that concerns the member, from the first to the present, and
// holds what they come to against the read model: a statement that does not balance to
// the fen is an error, never a paper.
func StatementOf(src Source, member, month string) (*Statement, error) {
	days, err := src.begun(month)
	if err != nil {
		return nil, err
	}
	today := src.Now.Date()
	c, err := collect(src, member)
	if err != nil {
		return nil, fmt.Errorf("draw up the statement of %s for %s: %w", member, month, err)
	}
	s := &Statement{
		AsOf: src.AsOf(), Member: member, Month: month, From: days.From, To: days.To, Final: today > days.To,
		Payments: []Payment{}, Names: map[string]string{},
	}
	if err := c.fill(s, days); err != nil {
		return nil, fmt.Errorf("draw up the statement of %s for %s: %w", member, month, err)
	}
	return s, s.name(src)
}

func (c *collector) fill(s *Statement, days Days) (err error) {
	for _, side := range []struct {
		to      *Side
		entries []Entry
		present func() (map[string]money.Fen, error)
	}{{&s.Held, c.held, c.presentHeld}, {&s.Owed, c.owed, c.presentOwed}} {
		present, err := side.present()
		if err != nil {
			return err
		}
		if *side.to, err = balance(side.entries, days, present); err != nil {
			return err
		}
		if err := c.describe(side.to); err != nil {
			return err
		}
	}
	for _, p := range c.payments {
		if !days.has(p.Time.Date()) {
			continue
		}
		s.Payments = append(s.Payments, p)
		sign, to := money.Fen(1), &s.Paid
		if p.In {
			to = &s.Received
		}
		if p.Returned {
			sign = -1
		}
		if err = to.add(int64(sign), sign*p.Amount); err != nil {
			return err
		}
	}
	return nil
}

// balance divides entries into those before, in and after a range of days, and checks
// that all of them come to what is there now, certificate by certificate.
func balance(entries []Entry, days Days, present map[string]money.Fen) (Side, error) {
	s := Side{Sums: []Sum{}, Entries: []Entry{}, Balances: []Balance{}}
	now, closing := map[string]money.Fen{}, map[string]money.Fen{}
	for _, e := range entries {
		change := e.Amount
		if !e.In {
			change = -change
		}
		day := e.Time.Date()
		var err error
		switch {
		case day < days.From:
			s.Opening, err = s.Opening.Add(change)
		case day <= days.To:
			s.Entries = append(s.Entries, e)
			err = s.count(&e)
		}
		if err != nil {
			return s, err
		}
		if now[e.Certificate], err = now[e.Certificate].Add(change); err != nil {
			return s, err
		}
		if day <= days.To {
			closing[e.Certificate] += change // no overflow: now has it
		}
	}
	for _, number := range slices.Sorted(maps.Keys(closing)) {
		if amount := closing[number]; amount != 0 {
			s.Balances = append(s.Balances, Balance{Certificate: number, Amount: amount})
			s.Closing += amount
		}
	}
	maps.DeleteFunc(now, func(_ string, amount money.Fen) bool { return amount == 0 })
	if !maps.Equal(now, present) {
		return s, fmt.Errorf("the entries come to %v, the books have %v", now, present)
	}
	if s.Opening+s.In-s.Out != s.Closing {
		return s, fmt.Errorf("opening %s, in %s, out %s, closing %s", s.Opening, s.In, s.Out, s.Closing)
	}
	return s, nil
}

// count adds an entry of the month to the sums.
func (s *Side) count(e *Entry) (err error) {
	to := &s.Out
	if e.In {
		to = &s.In
	}
	if *to, err = to.Add(e.Amount); err != nil {
		return err
	}
	i := slices.IndexFunc(s.Sums, func(known Sum) bool { return known.Kind == e.Kind && known.In == e.In })
	if i < 0 {
		i, s.Sums = len(s.Sums), append(s.Sums, Sum{Kind: e.Kind, In: e.In})
	}
	return s.Sums[i].add(1, e.Amount)
}

// describe says of the balances who owes them and when, nearest first.
func (c *collector) describe(s *Side) error {
	for i := range s.Balances {
		b := &s.Balances[i]
		row, err := view.FindCertificate(c.src.Rows, b.Certificate)
		if err != nil {
			return err
		}
		if row == nil {
			return fmt.Errorf("certificate %s has no row", b.Certificate)
		}
		b.Debtor, b.Payment = row.Debtor, row.Payment
	}
	slices.SortFunc(s.Balances, func(a, b Balance) int {
		return cmp.Or(cmp.Compare(a.Payment, b.Payment), strings.Compare(a.Certificate, b.Certificate))
	})
	slices.SortFunc(s.Sums, func(a, b Sum) int {
		if a.In != b.In && a.In {
			return -1
		} else if a.In != b.In {
			return 1
		}
		return strings.Compare(a.Kind, b.Kind)
	})
	return nil
}

// name looks up the names of all members in the statement.
func (s *Statement) name(src Source) error {
	ids := []string{s.Member}
	for _, side := range []*Side{&s.Held, &s.Owed} {
		for i := range side.Entries {
			ids = append(ids, side.Entries[i].Counterpart)
		}
		for i := range side.Balances {
			ids = append(ids, side.Balances[i].Debtor)
		}
	}
	for i := range s.Payments {
		ids = append(ids, s.Payments[i].Counterpart, s.Payments[i].Bank)
	}
	for _, id := range ids {
		if _, known := s.Names[id]; known || id == "" {
			continue
		}
		m, err := record.Find(src.State, record.MemberKey(id))
		if err != nil {
			return err
		}
		if m != nil {
			s.Names[id] = m.Name
		}
	}
	return nil
}
