package financing_test

import (
	"fmt"
	"strings"

	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// show prints what a label stands for, or the limits, lines, rates, offers and
// advices of all banks.
func (s *story) show(p step) string {
	var b strings.Builder
	switch label := p.label(); {
	case label == "limits":
		s.showLimits(&b)
	case label == "lines":
		for _, l := range membertest.List[record.Line](s.chain, record.LinesPrefix("")) {
			fmt.Fprintf(&b, "line %s of %s on %s: used %s of %s\n", l.ID, l.Bank, l.Debtor, l.Used, l.Limit)
		}
	case label == "rates":
		for _, r := range membertest.List[record.PostedRate](s.chain, record.RatesPrefix("")) {
			fmt.Fprintf(&b, "rate %s of %s: taken %s of %s\n", r.ID, r.Bank, r.Taken, r.Volume)
		}
	case label == "discounts":
		for _, o := range membertest.List[record.DiscountOffer](s.chain, record.DiscountsPrefix("")) {
			fmt.Fprintf(&b, "offer %s of %s: taken %s of %s\n", o.ID, o.Debtor, o.Taken, o.Volume)
		}
	case label == "advices":
		for _, a := range membertest.List[record.Advice](s.chain, "advice/") {
			fmt.Fprintf(&b, "%s of %s: %s for %s\n", a.Reference, a.Bank, a.Amount, a.Settlement)
		}
	case label == "due":
		for _, d := range membertest.List[record.Due](s.chain, record.DuePrefix()) {
			if !ofClearing(d) {
				fmt.Fprintf(&b, "%s at %s\n", d.ID, d.At)
			}
		}
	case s.ids[label] == "" && !strings.ContainsAny(label, "CYB"):
	case strings.HasPrefix(label, "F"):
		s.showFinancing(&b, s.financing(p.id(label)))
	case strings.HasPrefix(label, "S"):
		showSettlement(&b, s.settlement(p.id(label)))
	case strings.HasPrefix(label, "O"):
		o := membertest.Look(s.chain, func(w *world.World) (*record.Order, error) {
			return world.Load(w, record.OrderKey(p.id(label)), "order", label)
		})
		fmt.Fprintf(&b, "%s %s, took %s, short of %s, moved %s\n", o.Kind, o.State, o.Taken, o.Shortfall, o.Moved)
	default:
		s.showCertificate(&b, p.id(label))
	}
	if b.Len() == 0 {
		return "none\n"
	}
	return b.String()
}

func (s *story) showLimits(b *strings.Builder) {
	for _, l := range membertest.List[record.Limit](s.chain, record.LimitsPrefix("")) {
		limit := "no cap"
		if l.Capped {
			limit = fmt.Sprintf("cap %s, available %s", l.Cap, credit.AvailableLimit(l))
		}
		fmt.Fprintf(b, "limit of %s on %s %s: reserved %s, used %s, %s\n", l.Bank, l.Of, l.Member, l.Reserved, l.Used, limit)
	}
	for _, g := range membertest.List[record.Group](s.chain, record.GroupsPrefix("")) {
		fmt.Fprintf(b, "group %s of %s: reserved %s, used %s, available %s of %s\n",
			g.ID, g.Bank, g.Reserved, g.Used, credit.AvailableInGroup(g), g.Cap)
	}
}

func (s *story) showCertificate(b *strings.Builder, number string) {
	cert := membertest.Look(s.chain, func(w *world.World) (*record.Certificate, error) { return certificate.Get(w, number) })
	fmt.Fprintf(b, "%s %s, %s owes %s", number, certificate.StatusOf(cert, s.Now), cert.Debtor, cert.Face)
	if cert.Redeemed > 0 {
		fmt.Fprintf(b, ", %s of it paid", cert.Redeemed)
	}
	b.WriteByte('\n')
	for _, h := range s.holdings(number) {
		fmt.Fprintf(b, "%d.%d %s has %s", h.ID, h.Version, h.Owner, h.Interval)
		if h.Claim.Financing != "" {
			fmt.Fprintf(b, " under %s", h.Claim.Financing)
		}
		if h.Claim.Recourse != "" {
			fmt.Fprintf(b, ", recourse to %s", h.Claim.Recourse)
		}
		if h.Claim.Guarantor != "" {
			fmt.Fprintf(b, ", guaranteed by %s", h.Claim.Guarantor)
		}
		if h.Redeemed != 0 {
			b.WriteString(", paid")
		}
		for _, l := range h.Locks {
			fmt.Fprintf(b, "; %s %s on %s", l.Kind, l.Order, l.Interval)
		}
		b.WriteByte('\n')
	}
}

func (s *story) showFinancing(b *strings.Builder, f *record.Financing) {
	fmt.Fprintf(b, "%s %s: %s for %s", f.ID, f.State, f.Holder, f.Amount)
	if f.Funder != "" {
		fmt.Fprintf(b, ", %s outstanding with %s", f.Outstanding, f.Funder)
	}
	if f.Live != "" {
		fmt.Fprintf(b, ", %s under way", f.Live)
	}
	if f.State == record.FinancingAgreed && f.Searched != 0 {
		fmt.Fprintf(b, ", searched %s", f.Searched)
	}
	if f.Registered != "" {
		fmt.Fprintf(b, ", registered as %s", f.Registered)
	}
	if f.Duty != 0 {
		fmt.Fprintf(b, ", owes the registry a %s by %s", f.Duty, f.DutyBy)
	}
	b.WriteByte('\n')
	for _, q := range membertest.List[record.Quote](s.chain, record.QuotesPrefix(f.ID)) {
		fmt.Fprintf(b, "quote of %s %s\n", q.Bank, q.State)
	}
	for _, r := range membertest.List[record.Registration](s.chain, record.RegistrationsPrefix(f.ID)) {
		fmt.Fprintf(b, "entry %d: %s %s of %s", r.Sequence, r.Kind, r.Number, r.Entered)
		if r.Corrects != 0 {
			fmt.Fprintf(b, ", corrects %d", r.Corrects)
		}
		if r.Corrected != 0 {
			fmt.Fprintf(b, ", corrected by %d", r.Corrected)
		}
		b.WriteByte('\n')
	}
	showSettlement(b, s.settlement(f.ID))
}

func showSettlement(b *strings.Builder, t *record.Settlement) {
	fmt.Fprintf(b, "settlement %s", t.State)
	switch {
	case t.EndedAt != 0:
		fmt.Fprintf(b, " at %s", t.EndedAt)
	case t.State.Instructed():
		fmt.Fprintf(b, " since %s", t.Instruction.At)
	case t.LapsesAt == 0 && t.Effect != 0 || t.LeftMillis != 0:
		fmt.Fprintf(b, ", its clock stands with %d h left", t.LeftMillis/3_600_000)
	case t.LapsesAt != 0:
		fmt.Fprintf(b, ", lapses at %s", t.LapsesAt)
	}
	if t.Amount != 0 {
		fmt.Fprintf(b, "; %s pays %s to %s", t.Payer, t.Amount, t.Payee)
	}
	if t.AdviceRef != "" {
		fmt.Fprintf(b, "; advice %q of %s", t.AdviceRef, t.AdviceBank)
	}
	if t.DisputedAt != 0 {
		fmt.Fprintf(b, "; disputed: %s", t.Dispute)
	}
	if t.Reason != "" {
		fmt.Fprintf(b, "; because: %s", t.Reason)
	}
	b.WriteByte('\n')
}

// costText is a cost as a banker reads it.
func costText(c *record.Cost) string {
	var b strings.Builder
	fmt.Fprintf(&b, "advance %s, interest %s (supplier %s, debtor %s)", c.Advance, c.Interest, c.SupplierInterest, c.DebtorInterest)
	if c.SupplierFee+c.DebtorFee > 0 {
		fmt.Fprintf(&b, ", fee %s (supplier %s, debtor %s)", c.SupplierFee+c.DebtorFee, c.SupplierFee, c.DebtorFee)
	}
	if c.GuaranteeFee > 0 {
		fmt.Fprintf(&b, ", guarantee %s", c.GuaranteeFee)
	}
	fmt.Fprintf(&b, ", net %s, all in %s %%", c.Net, c.AllIn)
	return b.String()
}
