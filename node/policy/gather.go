package policy

import (
	"fmt"
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/view"
)

// State is the ledger's committed state at one moment, by state key.
type State = record.State

// Gather reads the facts of a request for financing as a bank sees them: one Facts
// for each debtor of the fen asked for, in the order in which the pieces name them.
// State and rows are of the same snapshot, now is the ledger's time. A financing that
// does not exist is refused with NOT_FOUND; any other error is a ledger that cannot
// be read or contradicts itself.
func Gather(state State, rows view.Source, financing, bank string, now calendar.Instant) ([]Facts, error) {
	g := &gatherer{state: state, rows: rows, bank: bank, today: now.Date()}
	if err := g.open(financing); err != nil {
		return nil, err
	}
	owner, err := g.owner()
	if err != nil {
		return nil, fmt.Errorf("gather the owner of financing %s: %w", financing, err)
	}
	scenario := g.scenario()
	var list []Facts
	for _, debtor := range g.debtors {
		f := Facts{Owner: owner, Scenario: scenario}
		if err := g.about(debtor, &f); err != nil {
			return nil, fmt.Errorf("gather debtor %s of financing %s: %w", debtor, financing, err)
		}
		list = append(list, f)
	}
	return list, nil
}

// gatherer holds what is read once for all facts of a request.
type gatherer struct {
	state     State
	rows      view.Source
	bank      string
	today     calendar.Date
	financing *record.Financing
	pieces    []piece
	debtors   []string
}

// piece is a leg of the request with what the ledger knows about its fen.
type piece struct {
	leg         record.Leg
	certificate *record.Certificate
	tier        uint16
	guaranteed  bool
}

func (g *gatherer) open(financing string) error {
	var err error
	if g.financing, err = record.Find(g.state, record.FinancingKey(financing)); err != nil {
		return err
	}
	if g.financing == nil {
		return code.NotFound.New("financing %.80q", financing)
	}
	settlement, err := must(g.state, record.SettlementKey(financing))
	if err != nil {
		return err
	}
	certificates := map[string]*record.Certificate{}
	for _, leg := range settlement.Legs {
		c := certificates[leg.Certificate]
		if c == nil {
			if c, err = must(g.state, record.CertificateKey(leg.Certificate)); err != nil {
				return err
			}
			certificates[leg.Certificate] = c
		}
		p := piece{leg: leg, certificate: c}
		if p.tier, p.guaranteed, err = g.fen(leg); err != nil {
			return err
		}
		g.pieces = append(g.pieces, p)
		if !slices.Contains(g.debtors, c.Debtor) {
			g.debtors = append(g.debtors, c.Debtor)
		}
	}
	if len(g.pieces) == 0 {
		return fmt.Errorf("settlement %s has no legs", financing)
	}
	return nil
}

// fen finds the deepest tier of the fen of a leg, and whether all have a guarantor.
// Fen keep their place when the holding that had them is cut, so all holdings of the
// certificate are looked at; the rules bound their number.
func (g *gatherer) fen(leg record.Leg) (tier uint16, guaranteed bool, err error) {
	prefix, left := record.HoldingsPrefix(leg.Certificate), leg.Interval.Amount()
	err = record.Each(g.state, prefix, func(h *record.Holding) bool {
		shared, ok := h.Interval.Intersect(leg.Interval)
		if !ok {
			return true
		}
		from := h.Interval.From
		for _, span := range h.Tiers {
			if interval.Of(from, span.To).Overlaps(shared) {
				tier = max(tier, span.Tier)
			}
			from = span.To + 1
		}
		if h.Claim.Guarantor != "" {
			left -= shared.Amount()
		}
		return true
	})
	return tier, left == 0, err
}

func (g *gatherer) owner() (Owner, error) {
	m, err := must(g.state, record.MemberKey(g.financing.Holder))
	if err != nil {
		return Owner{}, err
	}
	o := Owner{
		ID: m.ID, Class: m.Class.String(), Sponsor: m.Sponsor, SponsoredByUs: m.Sponsor == g.bank,
		DaysOnLedger: g.since(m.Enrolled.Date()), Suspended: m.State != record.MemberActive,
	}
	for _, p := range g.pieces {
		o.Tier = max(o.Tier, int64(p.tier))
	}
	err = g.financings(&o)
	return o, err
}

// financings counts what the owner agreed with this bank before.
func (g *gatherer) financings(o *Owner) error {
	cut, seen := view.Cut{Limit: view.MaxPage}, 0
	for {
		page, err := view.Financings(g.rows, view.FinancingFilter{Member: o.ID}, cut)
		if err != nil {
			return fmt.Errorf("list the financings of %s: %w", o.ID, err)
		}
		for _, row := range page.Items {
			if seen++; seen > MaxFinancings {
				return nil
			}
			if row.Holder != o.ID || row.Funder != g.bank || row.ID == g.financing.ID {
				continue
			}
			switch row.State {
			case record.FinancingUnpaid:
				o.Unpaid++
				o.Financings++
			case record.FinancingAgreed, record.FinancingDisbursed, record.FinancingEnded:
				o.Financings++
			default: // a request, or one that came to nothing
			}
		}
		if page.Next == "" {
			return nil
		}
		cut.Cursor = page.Next
	}
}

// since counts the days from a day to today, 0 for a day to come.
func (g *gatherer) since(day calendar.Date) int64 {
	return max(0, int64(calendar.DaysBetween(day, g.today)))
}

func (g *gatherer) scenario() Scenario {
	first := g.pieces[0].certificate
	s := Scenario{
		Amount: g.financing.Amount, Legs: int64(len(g.pieces)), Posted: g.financing.Rate != "",
		MaxDays: g.until(first), MinDays: g.until(first), AgeDays: g.since(first.IssueDate),
	}
	var numbers []string
	for _, p := range g.pieces {
		days := g.until(p.certificate)
		s.MaxDays, s.MinDays = max(s.MaxDays, days), min(s.MinDays, days)
		s.AgeDays = min(s.AgeDays, g.since(p.certificate.IssueDate))
		if !slices.Contains(numbers, p.certificate.Number) {
			numbers = append(numbers, p.certificate.Number)
		}
	}
	s.Certificates = int64(len(numbers))
	return s
}

// until counts the days from today to a payment date; it is negative after it.
func (g *gatherer) until(c *record.Certificate) int64 {
	return int64(calendar.DaysBetween(g.today, c.Payment))
}

// about gathers what depends on the debtor.
func (g *gatherer) about(debtor string, f *Facts) error {
	var certificates []*record.Certificate
	f.Enhancement = Enhancement{Guarantor: true, Green: true}
	var asked money.Fen
	for _, p := range g.pieces {
		if p.certificate.Debtor != debtor {
			continue
		}
		var err error
		if asked, err = asked.Add(p.leg.Interval.Amount()); err != nil {
			return err
		}
		f.Enhancement.Guarantor = f.Enhancement.Guarantor && (p.guaranteed || g.financing.Terms.Guarantor != "")
		if !slices.Contains(certificates, p.certificate) {
			certificates = append(certificates, p.certificate)
		}
	}
	f.Enhancement.LineBank = certificates[0].Bank
	for _, c := range certificates {
		f.Enhancement.Green = f.Enhancement.Green && c.Green
		if c.Bank != f.Enhancement.LineBank || c.Line == "" {
			f.Enhancement.LineBank = ""
		}
	}
	f.Enhancement.OwnLine = f.Enhancement.LineBank == g.bank
	var err error
	if f.Enterprise, err = g.enterprise(debtor); err != nil {
		return err
	}
	f.Enterprise.Asked = asked
	if f.Trade, err = g.trade(certificates); err != nil {
		return err
	}
	f.Bank, err = g.limits(debtor)
	return err
}

// must is record.Find for a record that another record says exists.
func must[T any](s State, key record.Key[T]) (*T, error) {
	v, err := record.Find(s, key)
	if err == nil && v == nil {
		err = fmt.Errorf("read %s: the ledger names it and does not have it", key)
	}
	return v, err
}
