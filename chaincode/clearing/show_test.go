package clearing_test

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// ignoring reads with a function of an argument.
func ignoring[In, Out any](fn func(*world.World, In) (Out, error), in In) func(*world.World) (Out, error) {
	return func(w *world.World) (Out, error) { return fn(w, in) }
}

// show prints what a label stands for, or the runs, legs, lines and dates of all.
func (s *story) show(p step) string {
	var b strings.Builder
	switch label := p.label(); {
	case regexp.MustCompile(`^[FSLPO][0-9]+$`).MatchString(label) && s.ids[label] == "":
	case label == "runs":
		for _, r := range membertest.List[record.Run](s.chain, record.RunsPrefix("")) {
			s.showRun(&b, r)
		}
	case label == "unpaid":
		for _, f := range s.firms {
			prefix := record.UnpaidPrefix(membertest.MemberOf(f.Name))
			membertest.Look(s.chain, func(w *world.World) (bool, error) {
				return true, world.Scan(w, prefix, record.PrefixEnd(prefix), func(key string, _ *record.Marker) (bool, error) {
					fmt.Fprintf(&b, "%s owes what was due on %s\n", f.Name, key[len(prefix):])
					return true, nil
				})
			})
		}
	case label == "legs":
		s.showLegs(&b)
	case label == "lines":
		for _, l := range membertest.List[record.Line](s.chain, record.LinesPrefix("")) {
			fmt.Fprintf(&b, "line %s of %s on %s: used %s of %s\n", l.ID, l.Bank, l.Debtor, l.Used, l.Limit)
		}
	case label == "due":
		for _, d := range membertest.List[record.Due](s.chain, record.DuePrefix()) {
			fmt.Fprintf(&b, "%s at %s\n", d.ID, d.At)
		}
	case strings.HasPrefix(label, "F"):
		s.showFinancing(&b, membertest.Find(s.chain, record.FinancingKey(p.id(label))))
	case strings.HasPrefix(label, "S") || strings.HasPrefix(label, "L"):
		fmt.Fprintln(&b, s.settlementText(s.settlement(p.id(label))))
	case strings.HasPrefix(label, "P"):
		l := membertest.Find(s.chain, record.PledgeKey(p.id(label)))
		fmt.Fprintf(&b, "%s pledged to %s for %s, %s of it cleared, %s\n", l.Leg.Interval, l.Pledgee, l.Secured, l.Cleared, l.State)
	case strings.HasPrefix(label, "O"):
		o := membertest.Find(s.chain, record.OrderKey(p.id(label)))
		fmt.Fprintf(&b, "%s %s, took %s, short of %s, moved %s\n", o.Kind, o.State, o.Taken, o.Shortfall, o.Moved)
	case strings.HasPrefix(label, "CORE-") || strings.HasPrefix(label, "CITY-"):
		if r := membertest.Find(s.chain, record.RunKey(p.id(label))); r != nil {
			s.showRun(&b, r)
		}
	default:
		s.showCertificate(&b, p.id(label))
	}
	if b.Len() == 0 {
		return "none\n"
	}
	return b.String()
}

func (s *story) showRun(b *strings.Builder, r *record.Run) {
	fmt.Fprintf(b, "%s %s, %d certificates, %d rounds:", r.ID, r.State, r.Certificates, r.Rounds)
	for _, part := range []struct {
		name string
		of   fmt.Stringer
	}{
		{"open", r.Tally.Open}, {"waiting", r.Tally.Waiting}, {"in legs", r.Tally.Live}, {"kept", r.Tally.Returned},
		{"aside", r.Tally.Aside}, {"paid", r.Tally.Paid},
	} {
		if part.of.String() != "0.00" {
			fmt.Fprintf(b, " %s %s", part.of, part.name)
		}
	}
	b.WriteByte('\n')
}

// showLegs lists the legs by their fen, with what each was computed to.
func (s *story) showLegs(b *strings.Builder) {
	legs := membertest.List[record.Settlement](s.chain, record.SettlementsPrefix())
	legs = slices.DeleteFunc(legs, func(t *record.Settlement) bool { return !t.Purpose.Leg() })
	slices.SortStableFunc(legs, func(x, y *record.Settlement) int { return cmp.Or(cmp.Compare(x.Round, y.Round), byFen(x, y)) })
	for _, t := range legs {
		fmt.Fprintf(b, "%s: %s\n", t.ID, s.settlementText(t))
	}
}

// settlementText is a settlement as a banker reads it.
func (s *story) settlementText(t *record.Settlement) string {
	var b strings.Builder
	if t.Purpose.Leg() {
		fmt.Fprintf(&b, "%s of %s, ", t.Legs[0].Interval, t.Legs[0].Certificate)
	} else {
		fmt.Fprintf(&b, "%s, ", t.Purpose)
	}
	fmt.Fprintf(&b, "%s from %s/%s to %s/%s, %s", t.Amount, t.Payer, t.PayerAccount, t.Payee, t.PayeeAccount, t.State)
	if t.Kept {
		b.WriteString(", kept")
	}
	if t.LateDays > 0 {
		fmt.Fprintf(&b, ", %d days late", t.LateDays)
	}
	if t.Ordered > 0 {
		fmt.Fprintf(&b, ", %s was instructed", t.Ordered)
	}
	if t.Excess > 0 {
		fmt.Fprintf(&b, ", %s too much", t.Excess)
	}
	if t.Directed != "" {
		fmt.Fprintf(&b, ", as order %s directs", t.Directed)
	}
	if t.Reason != "" {
		fmt.Fprintf(&b, ", because: %s", t.Reason)
	}
	return b.String()
}

func (s *story) showCertificate(b *strings.Builder, number string) {
	c := membertest.Find(s.chain, record.CertificateKey(number))
	if c == nil {
		return
	}
	fmt.Fprintf(b, "%s %s, %s owes %s", number, certificate.StatusOf(c, s.Now), c.Debtor, c.Face)
	for _, part := range []struct {
		name string
		of   fmt.Stringer
	}{
		{"paid", c.Redeemed}, {"of it discount", c.Discount}, {"to be paid later", c.Extended}, {"late interest", c.Accrued},
		{"of it paid", c.Interest}, {"of it waived", c.Waived},
	} {
		if part.of.String() != "0.00" {
			fmt.Fprintf(b, ", %s %s", part.of, part.name)
		}
	}
	b.WriteByte('\n')
	for _, h := range s.holdings(number) {
		fmt.Fprintf(b, "%s has %s", h.Owner, h.Interval)
		if h.Claim.Payment != c.Payment {
			fmt.Fprintf(b, " payable on %s", h.Claim.Payment)
		}
		if h.Claim.Financing != "" {
			fmt.Fprintf(b, " under %s", h.Claim.Financing)
		}
		if h.Redeemed != 0 {
			b.WriteString(", paid")
		} else if h.Accrues != 0 {
			fmt.Fprintf(b, ", late interest from %s", h.Accrues)
		}
		for _, l := range h.Locks {
			fmt.Fprintf(b, "; %s %s on %s", l.Kind, l.Order, l.Interval)
		}
		b.WriteByte('\n')
	}
}

func (s *story) showFinancing(b *strings.Builder, f *record.Financing) {
	fmt.Fprintf(b, "%s %s: %s for %s, %s outstanding with %s", f.ID, f.State, f.Holder, f.Amount, f.Outstanding, f.Funder)
	if f.Cleared > 0 {
		fmt.Fprintf(b, ", %s cleared", f.Cleared)
	}
	if f.Guaranteed > 0 {
		fmt.Fprintf(b, ", %s of the guarantee used", f.Guaranteed)
	}
	if f.Live != "" {
		fmt.Fprintf(b, ", %s under way", f.Live)
	}
	b.WriteByte('\n')
}
