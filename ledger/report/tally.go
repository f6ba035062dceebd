package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/outcome"
)

// MonthFlow is how many and how much in a month.
type MonthFlow struct {
	Month string `json:"month" doc:"Of the payment date" example:"2026-12"`
	Flow
}

// MemberTotals are the sums of one member. Amounts of holdings are fen that were
// accepted and are not paid.
type MemberTotals struct {
	Held         Flow        `json:"held" doc:"Holdings that it owns"`
	HeldByMonth  []MonthFlow `json:"heldByMonth" doc:"The same by month of the payment date"`
	ToAccept     Flow        `json:"toAccept" doc:"Certificates issued to it that it has not accepted"`
	Owed         Flow        `json:"owed" doc:"What it owes; a certificate counts once for each payment date"`
	OwedByMonth  []MonthFlow `json:"owedByMonth"`
	Overdue      Flow        `json:"overdue" doc:"Of what it owes: the payment date is past"`
	Awaiting     Flow        `json:"awaiting" doc:"Certificates that it issued and that are not accepted"`
	Funded       Flow        `json:"funded" doc:"Financings of which it is the bank, with what is outstanding"`
	Financed     Flow        `json:"financed" doc:"Financings of which it was the holder, with what is outstanding"`
	OffersToIt   Flow        `json:"offersToIt" doc:"Transfers that wait for its acceptance"`
	OffersFromIt Flow        `json:"offersFromIt" doc:"Transfers of its own that wait for acceptance"`
}

// NetworkTotals are the sums of a whole ledger.
type NetworkTotals struct {
	Certificates Flow             `json:"certificates" doc:"Accepted and not void, with their faces"`
	Awaiting     Flow             `json:"awaiting" doc:"Issued and not accepted"`
	Open         Flow             `json:"open" doc:"Certificates with fen that are not paid, and these"`
	Redeemed     Flow             `json:"redeemed" doc:"Certificates with fen that were paid, and these"`
	Overdue      Flow             `json:"overdue" doc:"Of what is open: the payment date is past; a certificate counts once for each payment date"`
	Extended     Flow             `json:"extended" doc:"Certificates with fen that are to be paid on a later day, and these"`
	Financed     Flow             `json:"financed" doc:"Financings with what is outstanding"`
	Offers       Flow             `json:"offers" doc:"Transfers that wait for acceptance"`
	Members      int64            `json:"members"`
	ByRole       map[string]int64 `json:"byRole" doc:"Members by role; one may have several"`
}

// Owed is what one debtor owes a member in one month.
type Owed struct {
	Debtor string
	Month  string
	Flow
}

// Tally keeps the sums of a ledger. The first reading visits every certificate, holding,
// financing, transfer and member of the state once; after that only what outcomes
// touched is read, before and after. It is not safe for concurrent use.
type Tally struct {
	network NetworkTotals
	owed    map[calendar.Date]Flow
	members map[string]*sums
}

// sums are those of one member.
type sums struct {
	held                                 map[claim]Flow
	owed                                 map[calendar.Date]Flow
	toAccept, awaiting, funded, financed Flow
	offersToIt, offersFromIt             Flow
}

// claim is on whom and when fen are claims.
type claim struct {
	debtor string
	month  month
}

// month counts months from year 0.
type month int32

func monthOf(d calendar.Date) month {
	year, m, _ := d.Civil()
	return month(year*12 + int(m) - 1)
}

func (m month) String() string { return fmt.Sprintf("%04d-%02d", int(m)/12, int(m)%12+1) }

// NewTally reads a ledger.
func NewTally(src Source) (*Tally, error) {
	t := &Tally{
		network: NetworkTotals{ByRole: map[string]int64{}}, owed: map[calendar.Date]Flow{}, members: map[string]*sums{},
	}
	c := &counting{tally: t, by: 1}
	if err := c.certificates(src.State, string(record.CertificateKey(""))); err != nil {
		return nil, fmt.Errorf("sum up the ledger: %w", err)
	}
	return t, c.rest(src.State)
}

// Advance takes the tally from the source of which it is to a later one of the same
// ledger. After an error the tally is of neither.
func (t *Tally) Advance(from, to Source) error {
	seen := touched{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}}
	err := outcome.Each(to.Rows, from.Height+1, func(o *record.Outcome) (bool, error) {
		seen.add(o)
		return o.Height <= to.Height, nil
	})
	if err != nil {
		return fmt.Errorf("sum up the ledger: %w", err)
	}
	for _, moment := range []struct {
		state record.State
		by    int64
	}{{from.State, -1}, {to.State, 1}} {
		c := &counting{tally: t, by: moment.by}
		if err := c.touched(moment.state, seen); err != nil {
			return fmt.Errorf("sum up the ledger: %w", err)
		}
	}
	return nil
}

// touched are the ids of what outcomes may have changed.
type touched struct{ certificates, financings, transfers, members map[string]bool }

func (s touched) add(o *record.Outcome) {
	e := &o.Effects
	for i := range e.Certificates {
		s.certificates[e.Certificates[i].Number] = true
	}
	for i := range e.Holdings {
		s.certificates[e.Holdings[i].Certificate] = true
	}
	for i := range e.Financings {
		s.financings[e.Financings[i].ID] = true
	}
	for _, n := range e.Notices {
		switch n.Kind {
		case record.TransferWasOffered, record.TransferWasAccepted, record.TransferWasRejected,
			record.TransferWasWithdrawn, record.TransferHasLapsed:
			s.transfers[n.Subject] = true
		case record.MemberEnrolled, record.MemberChanged:
			s.members[n.Subject] = true
		default:
		}
	}
}

// counting adds what it reads to a tally, or takes it off.
type counting struct {
	tally *Tally
	by    int64
}

func (c *counting) touched(state record.State, seen touched) error {
	for number := range seen.certificates {
		if err := c.certificates(state, string(record.CertificateKey(number))); err != nil {
			return err
		}
	}
	for id := range seen.financings {
		if err := one(state, record.FinancingKey(id), c.financing); err != nil {
			return err
		}
	}
	for id := range seen.transfers {
		if err := one(state, record.TransferKey(id), c.transfer); err != nil {
			return err
		}
	}
	for id := range seen.members {
		if err := one(state, record.MemberKey(id), c.member); err != nil {
			return err
		}
	}
	return nil
}

func one[T any](state record.State, key record.Key[T], count func(*T) error) error {
	v, err := record.Find(state, key)
	if err != nil || v == nil {
		return err
	}
	return count(v)
}

// rest counts all financings, transfers and members.
func (c *counting) rest(state record.State) error {
	if err := all(state, record.FinancingsPrefix(), c.financing); err != nil {
		return err
	}
	if err := all(state, string(record.TransferKey("")), c.transfer); err != nil {
		return err
	}
	return all(state, record.MembersPrefix(), c.member)
}

// all counts the records right under a prefix, not those below them.
func all[T any](state record.State, prefix string, count func(*T) error) error {
	return state.Scan(prefix, record.PrefixEnd(prefix), func(key string, data []byte) (bool, error) {
		if strings.Contains(key[len(prefix):], "/") {
			return true, nil
		}
		v := new(T)
		if err := record.Decode(data, v); err != nil {
			return false, fmt.Errorf("read %s: %w", key, err)
		}
		return true, count(v)
	})
}

// certificates counts the certificates under a prefix with their holdings, which follow
// them in the order of keys.
func (c *counting) certificates(state record.State, prefix string) error {
	var present *record.Certificate
	var holdings []record.Holding
	flush := func() error {
		if present == nil {
			return nil
		}
		return c.certificate(present, holdings)
	}
	err := state.Scan(prefix, record.PrefixEnd(prefix), func(key string, data []byte) (bool, error) {
		parts := strings.Split(key, "/") // certificate/<number>, .../holding/<id>, .../review
		switch {
		case len(parts) == 2:
			if err := flush(); err != nil {
				return false, err
			}
			present, holdings = new(record.Certificate), holdings[:0]
			return true, record.Decode(data, present)
		case parts[2] == "holding":
			var h record.Holding
			err := record.Decode(data, &h)
			holdings = append(holdings, h)
			return true, err
		default:
			return true, nil
		}
	})
	if err != nil {
		return fmt.Errorf("count the certificates: %w", err)
	}
	return flush()
}

func (c *counting) certificate(cert *record.Certificate, holdings []record.Holding) error {
	n := &c.tally.network
	switch cert.State {
	case record.Issued:
		return c.flows(cert.Face, &n.Awaiting, &c.of(cert.FirstHolder).toAccept, &c.of(cert.Debtor).awaiting)
	case record.Active:
	default:
		return nil
	}
	days := map[calendar.Date]money.Fen{}
	var open money.Fen // of one certificate: bounded by its face
	for i := range holdings {
		h := &holdings[i]
		if h.Redeemed != 0 {
			continue
		}
		if err := count(c.of(h.Owner).held, claim{cert.Debtor, monthOf(h.Claim.Payment)}, c.by, h.Amount()); err != nil {
			return err
		}
		days[h.Claim.Payment] += h.Amount()
		open += h.Amount()
	}
	for day, amount := range days {
		if err := count(c.of(cert.Debtor).owed, day, c.by, amount); err != nil {
			return err
		}
		if err := count(c.tally.owed, day, c.by, amount); err != nil {
			return err
		}
	}
	if err := c.flows(cert.Face, &n.Certificates); err != nil {
		return err
	}
	for flow, amount := range map[*Flow]money.Fen{&n.Open: open, &n.Redeemed: cert.Redeemed, &n.Extended: cert.Extended} {
		if amount == 0 {
			continue
		}
		if err := c.flows(amount, flow); err != nil {
			return err
		}
	}
	return nil
}

func (c *counting) financing(f *record.Financing) error {
	if f.Outstanding == 0 {
		return nil
	}
	return c.flows(f.Outstanding, &c.tally.network.Financed, &c.of(f.Funder).funded, &c.of(f.Holder).financed)
}

func (c *counting) transfer(t *record.Transfer) error {
	if t.State != record.TransferOffered {
		return nil
	}
	return c.flows(t.Amount, &c.tally.network.Offers, &c.of(t.To).offersToIt, &c.of(t.From).offersFromIt)
}

func (c *counting) member(m *record.Member) error {
	n := &c.tally.network
	n.Members += c.by
	for _, role := range m.Roles.Names() {
		if n.ByRole[role] += c.by; n.ByRole[role] == 0 {
			delete(n.ByRole, role)
		}
	}
	return nil
}

// of are the sums of a member.
func (c *counting) of(member string) *sums {
	s := c.tally.members[member]
	if s == nil {
		s = &sums{held: map[claim]Flow{}, owed: map[calendar.Date]Flow{}}
		c.tally.members[member] = s
	}
	return s
}

// flows counts one thing of an amount in each of the flows.
func (c *counting) flows(amount money.Fen, flows ...*Flow) error {
	for _, f := range flows {
		if err := f.add(c.by, amount*money.Fen(c.by)); err != nil {
			return err
		}
	}
	return nil
}

// count counts one thing of an amount in a map, which keeps no empty flows.
func count[K comparable](in map[K]Flow, at K, by int64, amount money.Fen) error {
	f := in[at]
	if err := f.add(by, amount*money.Fen(by)); err != nil {
		return err
	}
	if f == (Flow{}) {
		delete(in, at)
	} else {
		in[at] = f
	}
	return nil
}

// Network are the sums of the ledger on a day.
func (t *Tally) Network(today calendar.Date) (NetworkTotals, error) {
	n := t.network
	n.ByRole = map[string]int64{}
	for role, members := range t.network.ByRole {
		n.ByRole[role] = members
	}
	var err error
	n.Overdue, err = before(t.owed, today)
	return n, err
}

// Member are the sums of a member on a day; all are zero of one that has nothing.
func (t *Tally) Member(id string, today calendar.Date) (MemberTotals, error) {
	s := t.members[id]
	if s == nil {
		return MemberTotals{HeldByMonth: []MonthFlow{}, OwedByMonth: []MonthFlow{}}, nil
	}
	m := MemberTotals{
		ToAccept: s.toAccept, Awaiting: s.awaiting, Funded: s.funded, Financed: s.financed,
		OffersToIt: s.offersToIt, OffersFromIt: s.offersFromIt,
	}
	var err error
	if m.Held, m.HeldByMonth, err = byMonth(s.held, func(c claim) month { return c.month }); err != nil {
		return m, err
	}
	if m.Owed, m.OwedByMonth, err = byMonth(s.owed, monthOf); err != nil {
		return m, err
	}
	m.Overdue, err = before(s.owed, today)
	return m, err
}

// Claims are what a member holds, by debtor and month of the payment date, in order.
func (t *Tally) Claims(member string) []Owed {
	list := []Owed{}
	if s := t.members[member]; s != nil {
		for c, f := range s.held {
			list = append(list, Owed{c.debtor, c.month.String(), f})
		}
	}
	slices.SortFunc(list, func(a, b Owed) int { return strings.Compare(a.Debtor+a.Month, b.Debtor+b.Month) })
	return list
}

// before sums the flows of the days before a day.
func before(days map[calendar.Date]Flow, today calendar.Date) (sum Flow, err error) {
	for day, f := range days {
		if day >= today {
			continue
		}
		if err = sum.add(f.Count, f.Amount); err != nil {
			return sum, err
		}
	}
	return sum, nil
}

// byMonth sums flows in all and by month, in order.
func byMonth[K comparable](flows map[K]Flow, of func(K) month) (sum Flow, list []MonthFlow, err error) {
	months := map[month]Flow{}
	for k, f := range flows {
		if err := sum.add(f.Count, f.Amount); err != nil {
			return sum, nil, err
		}
		at := of(k)
		into := months[at]
		if err := into.add(f.Count, f.Amount); err != nil {
			return sum, nil, err
		}
		months[at] = into
	}
	list = []MonthFlow{}
	for at, f := range months {
		list = append(list, MonthFlow{at.String(), f})
	}
	slices.SortFunc(list, func(a, b MonthFlow) int { return strings.Compare(a.Month, b.Month) })
	return sum, list, nil
}
