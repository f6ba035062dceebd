package reconcile

import (
	"cmp"
	"maps"
	"slices"

	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/iso20022"
)

// Gap is how the ledger and a bank's statements differ.
type Gap string

// Gaps.
const (
	MissingAtBank   Gap = "missing at bank"   // the ledger has it, and no entry says so
	MissingOnLedger Gap = "missing on ledger" // an entry says so, and the ledger does not have it
	AmountDiffers   Gap = "amount differs"
	UnknownEntry    Gap = "unknown entry" // an entry that is none of a leg's, or on another account
)

// Side is one side of payments at a bank.
type Side string

// Sides.
const (
	Paying    Side = "paying"    // accounts that money left
	Receiving Side = "receiving" // accounts at which it arrived
)

// Difference names one leg, or one entry of no leg, that does not fit.
type Difference struct {
	Gap    Gap                    `json:"gap"`
	Bank   string                 `json:"bank"`
	Side   Side                   `json:"side,omitempty"`
	Leg    string                 `json:"leg"` // or the end-to-end identification of an unknown entry
	State  record.SettlementState `json:"state,omitzero"`
	Ledger money.Fen              `json:"ledger"`
	AtBank money.Fen              `json:"atBank"`
	Why    string                 `json:"why,omitempty"`
	WhyZH  string                 `json:"whyZh,omitempty"`
}

func (d *Difference) because(why words) { d.Why, d.WhyZH = why.en, why.zh }

// Balance is what went through one bank on one side.
type Balance struct {
	Bank       string    `json:"bank"`
	Side       Side      `json:"side"`
	Legs       int       `json:"legs"`    // with money on the ledger
	Ledger     money.Fen `json:"ledger"`  // by the ledger
	Entries    int       `json:"entries"` // of these legs
	AtBank     money.Fen `json:"atBank"`  // by the bank's statements
	Difference money.Fen `json:"difference"`
}

// Comparison is the ledger against banks' statements.
type Comparison struct {
	Banks       []Balance    `json:"banks"` // by bank and side
	Differences []Difference `json:"differences"`
	Other       int          `json:"other"` // entries that are none of these legs', and were passed over
	OtherAmount money.Fen    `json:"otherAmount"`
}

// Zero reports whether nothing differs.
func (c *Comparison) Zero() bool { return len(c.Differences) == 0 }

// Books compares legs with entries of statements, bank by bank.
type Books struct {
	numbers Numbers
	legs    map[string]*record.Settlement
	banks   map[string]bool
	seen    map[entryID]bool
	found   map[place]*tally
	other   func(endToEnd string) bool
	result  Comparison
}

// entryID names a booking: a statement and a notification may both have it.
type entryID struct {
	account   iso20022.Account
	reference string
	endToEnd  string
	direction iso20022.Direction
}

// place is a side of a leg.
type place struct {
	leg  string
	side Side
}

// tally is what statements say of a side of a leg: what came less what went, and the
// other way round where money leaves.
type tally struct {
	entries int
	net     money.Fen
}

// NewBooks starts a comparison of these legs. Other says of an entry's end-to-end
// identification that is none of a leg's whether it is known to belong elsewhere.
func NewBooks(numbers Numbers, legs []record.Settlement, other func(endToEnd string) bool) *Books {
	b := &Books{
		numbers: numbers, legs: make(map[string]*record.Settlement, len(legs)), banks: map[string]bool{},
		seen: map[entryID]bool{}, found: map[place]*tally{}, other: other,
	}
	for i := range legs {
		b.legs[legs[i].ID] = &legs[i]
	}
	return b
}

// Covers says that statements of a bank are among what is compared: what the ledger has
// at it must be in them.
func (b *Books) Covers(bank string) { b.banks[bank] = true }

// Take takes a statement or a notification of a bank: the bank is covered, and every entry
// is added. Unnamed is the bank of an account of which the message does not say it.
func (b *Books) Take(m *Message, unnamed string) error {
	for i := range m.Header.Accounts {
		b.Covers(cmp.Or(m.Header.Accounts[i].Servicer.Code, unnamed))
	}
	for i := range m.Items {
		if m.Items[i].Item.Direction == "" {
			continue // of a status report: nothing was booked
		}
		if err := b.Add(m.Items[i].Item); err != nil {
			return err
		}
	}
	return nil
}

// Add takes an entry of a statement or notification. What is not booked, and what was
// added before, is passed over.
func (b *Books) Add(item iso20022.Item) error {
	if item.Status != iso20022.Booked && item.Status != iso20022.Returned {
		return nil
	}
	if item.Reference != "" {
		id := entryID{item.Account, item.Reference, item.EndToEnd, item.Direction}
		if b.seen[id] {
			return nil
		}
		b.seen[id] = true
	}
	leg := b.legs[item.EndToEnd]
	if leg == nil || item.Problem != "" {
		return b.strange(item, leg)
	}
	p := place{leg.ID, Paying}
	sign := money.Fen(-1)
	switch item.Account {
	case b.numbers.Of(Account{leg.Payer, leg.PayerAccount}):
	case b.numbers.Of(Account{leg.Payee, leg.PayeeAccount}):
		p.side, sign = Receiving, 1
	default:
		return b.strange(item, leg)
	}
	if item.Direction == iso20022.Debit {
		sign = -sign
	}
	t := b.found[p]
	if t == nil {
		t = &tally{}
		b.found[p] = t
	}
	t.entries++
	var err error
	t.net, err = t.net.Add(sign * item.Amount)
	return err
}

// strange takes an entry that is none of a leg's, or does not fit one.
func (b *Books) strange(item iso20022.Item, leg *record.Settlement) (err error) {
	d := Difference{Gap: UnknownEntry, Bank: item.Servicer.Code, Leg: item.EndToEnd, AtBank: item.Amount}
	switch {
	case leg != nil && item.Problem != "":
		d.because(say("%s", "报文中该项不可用：%s", item.Problem))
	case leg != nil:
		d.because(say("it is booked on account %q", "记账账户是 %q", item.Account))
	case item.EndToEnd == "" || b.other(item.EndToEnd):
		b.result.Other++
		b.result.OtherAmount, err = b.result.OtherAmount.Add(item.Amount)
		return err
	default:
		d.because(say("reference %q: no leg has this end-to-end identification", "流水号 %q：没有使用此端到端标识的款项", item.Reference))
	}
	b.result.Differences = append(b.result.Differences, d)
	return nil
}

// Compare ends the comparison.
func (b *Books) Compare() (*Comparison, error) {
	balances := map[string]*Balance{}
	for _, id := range slices.Sorted(maps.Keys(b.legs)) {
		leg := b.legs[id]
		for _, at := range []struct {
			side Side
			bank string
		}{{Paying, leg.PayerBank}, {Receiving, leg.PayeeBank}} {
			t := b.found[place{id, at.side}]
			if t == nil {
				t = &tally{}
			}
			if at.bank == "" || !b.banks[at.bank] && t.entries == 0 {
				continue
			}
			key := at.bank + " " + string(at.side)
			if balances[key] == nil {
				balances[key] = &Balance{Bank: at.bank, Side: at.side}
			}
			if err := b.compare(balances[key], leg, t); err != nil {
				return nil, err
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(balances)) {
		b.result.Banks = append(b.result.Banks, *balances[key])
	}
	slices.SortStableFunc(b.result.Differences, func(x, y Difference) int {
		return cmp.Or(cmp.Compare(x.Bank, y.Bank), cmp.Compare(x.Leg, y.Leg), cmp.Compare(x.Side, y.Side))
	})
	return &b.result, nil
}

// Advised compares the ledger with itself: what payers' banks were to pay of these legs,
// with what their payees' banks have advised.
func Advised(legs []record.Settlement) (*Comparison, error) {
	b := NewBooks(Numbers{}, legs, nil)
	balances := map[string]*Balance{}
	for i := range legs {
		leg := &legs[i]
		t := &tally{}
		var expected money.Fen
		switch {
		case leg.State == record.SettlementSettled:
			t.entries, t.net = 1, leg.Amount+leg.Excess
			expected = t.net
		case leg.State.Instructed():
			expected = leg.Amount
		default:
			continue
		}
		if balances[leg.PayerBank] == nil {
			balances[leg.PayerBank] = &Balance{Bank: leg.PayerBank, Side: Paying}
		}
		if err := b.add(balances[leg.PayerBank], leg, t, expected); err != nil {
			return nil, err
		}
	}
	for _, bank := range slices.Sorted(maps.Keys(balances)) {
		b.result.Banks = append(b.result.Banks, *balances[bank])
	}
	return &b.result, nil
}

// compare adds one side of a leg to its bank's balance, and names it when it does not fit.
func (b *Books) compare(to *Balance, leg *record.Settlement, t *tally) error {
	expected, or := amounts(leg, to.Side)
	if t.net == or {
		expected = or
	}
	return b.add(to, leg, t, expected)
}

// add adds what is expected and what was found of a leg.
func (b *Books) add(to *Balance, leg *record.Settlement, t *tally, expected money.Fen) error {
	if expected != 0 {
		to.Legs++
	}
	to.Entries += t.entries
	var err error
	if to.Ledger, err = to.Ledger.Add(expected); err != nil {
		return err
	}
	if to.AtBank, err = to.AtBank.Add(t.net); err != nil {
		return err
	}
	to.Difference = to.Ledger - to.AtBank
	if t.net == expected {
		return nil
	}
	d := Difference{Gap: AmountDiffers, Bank: to.Bank, Side: to.Side, Leg: leg.ID, State: leg.State, Ledger: expected, AtBank: t.net}
	switch {
	case t.net == 0:
		d.Gap = MissingAtBank
	case expected == 0:
		d.Gap = MissingOnLedger
	}
	b.result.Differences = append(b.result.Differences, d)
	return nil
}

// amounts is what of a leg the ledger has on a side, and what besides is right there:
// of a leg of which less or more arrived than was instructed either may have left.
func amounts(leg *record.Settlement, side Side) (expected, or money.Fen) {
	arrived, ordered := leg.Amount+leg.Excess, cmp.Or(leg.Ordered, leg.Amount)
	switch {
	case leg.State == record.SettlementSettled && side == Receiving:
		return arrived, arrived
	case leg.State == record.SettlementSettled:
		return ordered, arrived
	case leg.State == record.SettlementAccepted && side == Paying:
		return ordered, ordered
	default:
		return 0, 0
	}
}
