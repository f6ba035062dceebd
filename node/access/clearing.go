package access

import (
	"slices"

	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/view"
)

// Run is a run as a viewer sees it. Who does not see the whole knows that it is there and
// sees its own legs: neither what the debtor owes in all, nor what its bank has for it.
type Run struct {
	Record record.Run
	Whole  bool
	Funds  []record.Round  // confirmed, round by round; none in part
	Totals []view.LegTotal // in part those over the legs that the viewer sees
}

// Leg is a leg of a run, or late interest on one, with the advice that settled it.
type Leg struct {
	Settlement record.Settlement
	Owner      string         // of the fen when the leg was computed
	Advice     *record.Advice // nil before it was settled
}

// Runs says whose runs may be listed: of everybody, in which RunRow shows those that the
// viewer sees. By the bank that takes part only the bank and those who see all select,
// and a debtor its own.
func (r *Reader) Runs(debtor, bank string) error {
	if bank == "" || r.SeesAll() || r.is(bank) || debtor != "" && r.is(debtor) {
		return nil
	}
	return hidden()
}

// RunRow shows a run of the list, nil when the viewer does not see it.
func (r *Reader) RunRow(run record.Run) (*Run, error) {
	whole, err := r.wholeRun(&run)
	if err != nil || whole {
		return &Run{Record: run, Whole: whole}, err
	}
	sees, err := r.partOfRun(&run)
	if err != nil || !sees {
		return nil, err
	}
	return &Run{Record: narrowRun(&run)}, nil
}

// wholeRun reports whether the viewer sees all of a run: those who see all, the debtor,
// and the banks of the debtor's accounts, which are to say what they have for it.
func (r *Reader) wholeRun(run *record.Run) (bool, error) {
	if r.SeesAll() || r.is(run.Debtor) {
		return true, nil
	}
	if !r.Member.Roles.Has(record.Funder) {
		return false, nil
	}
	keeps := false
	err := record.Each(r.State, record.AccountsPrefix(run.Debtor), func(a *record.Account) bool {
		keeps = r.is(a.Bank) && a.State == record.AccountConfirmed
		return !keeps
	})
	return keeps, err
}

// partOfRun reports whether a leg of the run, or fen that are in it, concern the viewer.
func (r *Reader) partOfRun(run *record.Run) (bool, error) {
	if claims, err := view.ClaimsIn(r.View, r.Member.ID, run.ID); err != nil || claims {
		return claims, err
	}
	if r.Member.Roles.Has(record.Funder) {
		totals, err := view.LegTotals(r.View, run.ID)
		if err != nil || slices.ContainsFunc(totals, r.isBankOf) {
			return err == nil, err
		}
	}
	f := view.HoldingFilter{Owner: r.Member.ID, Debtor: run.Debtor, PaymentFrom: run.Payment, PaymentTo: run.Payment}
	cut := view.Cut{Limit: 1}
	for {
		page, err := view.Holdings(r.View, f, cut)
		if err != nil || len(page.Items) > 0 {
			return err == nil, err
		}
		if page.Next == "" {
			return false, nil
		}
		cut.Cursor = page.Next
	}
}

func (r *Reader) isBankOf(t view.LegTotal) bool { return r.is(t.PayerBank, t.PayeeBank) }

// narrowRun leaves that there is a run, and how far it is.
func narrowRun(run *record.Run) record.Run {
	return record.Run{
		ID: run.ID, Debtor: run.Debtor, Payment: run.Payment, State: run.State, OpenedAt: run.OpenedAt, ClosedAt: run.ClosedAt,
	}
}

// findRun reads a run as RunRow shows it.
func (r *Reader) findRun(id string) (*Run, error) {
	if !segment(id) {
		return nil, r.absent("run", id)
	}
	found, err := record.Find(r.State, record.RunKey(id))
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, r.absent("run", id)
	}
	run, err := r.RunRow(*found)
	if err == nil && run == nil {
		err = hidden()
	}
	return run, err
}

// Run reads a run: for its debtor and the banks of the debtor's accounts; in part for
// payees, owners of fen in it, and the banks of the legs' accounts.
func (r *Reader) Run(id string) (*Run, error) {
	run, err := r.findRun(id)
	if err != nil {
		return nil, err
	}
	run.Funds = []record.Round{}
	if !run.Whole {
		run.Totals, err = r.ownTotals(id)
		return run, err
	}
	if run.Totals, err = view.LegTotals(r.View, id); err != nil {
		return nil, err
	}
	err = record.Each(r.State, record.RoundsPrefix(id), func(round *record.Round) bool {
		run.Funds = append(run.Funds, *round)
		return true
	})
	return run, err
}

// ownTotals sums the legs that the viewer sees: as a bank of their accounts by the sums
// of the view, as payee or owner one by one.
func (r *Reader) ownTotals(run string) ([]view.LegTotal, error) {
	totals, err := view.LegTotals(r.View, run)
	if err != nil {
		return nil, err
	}
	totals = slices.DeleteFunc(totals, func(t view.LegTotal) bool { return !r.isBankOf(t) })
	cut := view.Cut{Limit: view.MaxPage}
	for {
		page, err := view.Legs(r.View, view.LegFilter{Run: run, Party: r.Member.ID}, cut)
		if err != nil {
			return nil, err
		}
		for i := range page.Items {
			if row := &page.Items[i]; !r.is(row.PayerBank, row.PayeeBank) {
				if totals, err = view.AddToTotals(totals, row); err != nil {
					return nil, err
				}
			}
		}
		if page.Next == "" {
			return totals, nil
		}
		cut.Cursor = page.Next
	}
}

// RunLegs narrows a filter for legs of a run that the viewer sees, in whole or in part.
// Every row is then shown by RunLeg.
func (r *Reader) RunLegs(f view.LegFilter) (view.LegFilter, error) {
	run, err := r.findRun(f.Run)
	if err != nil {
		return f, err
	}
	if !run.Whole && !r.Member.Roles.Has(record.Funder) {
		f.Party = r.Member.ID // it has an index of them; a bank's own are in the run's
	}
	return f, nil
}

// RunLeg shows a leg of the list, nil when the viewer does not see it.
func (r *Reader) RunLeg(row record.LegRow) (*record.Settlement, error) {
	if !r.seesLeg(&row) {
		return nil, nil
	}
	return record.Find(r.State, record.SettlementKey(row.ID))
}

// seesLeg reports whether a leg concerns the viewer: those who see all, payer, payee, the
// owner of the fen and the banks of both accounts.
func (r *Reader) seesLeg(row *record.LegRow) bool {
	return r.SeesAll() || r.is(row.Payer, row.Payee, row.Owner, row.PayerBank, row.PayeeBank)
}

// Leg reads a leg, or late interest on one, with the bank's advice.
func (r *Reader) Leg(id string) (*Leg, error) {
	if !segment(id) {
		return nil, r.absent("leg", id)
	}
	row, err := view.FindLeg(r.View, id)
	if err != nil {
		return nil, err
	}
	if row == nil {
		return nil, r.absent("leg", id)
	}
	s, err := r.RunLeg(*row)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, hidden()
	}
	leg := &Leg{Settlement: *s, Owner: row.Owner}
	if s.AdviceRef != "" {
		leg.Advice, err = record.Find(r.State, record.AdviceKey(s.AdviceBank, s.AdviceRef))
	}
	return leg, err
}

// Extension reads an offer to pay later as ExtensionRow shows it.
func (r *Reader) Extension(id string) (*record.Extension, error) {
	if !segment(id) {
		return nil, r.absent("extension", id)
	}
	x, err := record.Find(r.State, record.ExtensionKey(id))
	if err != nil {
		return nil, err
	}
	if x == nil {
		return nil, r.absent("extension", id)
	}
	shown, err := r.ExtensionRow(*x)
	if err == nil && shown == nil {
		err = hidden()
	}
	return shown, err
}

// ExtensionRow shows an offer, nil when the viewer does not see it: its debtor and the
// bank of the line the whole; an owner of fen that it is made to, and whoever has to
// consent for some of them, with the parts that are theirs.
func (r *Reader) ExtensionRow(x record.Extension) (*record.Extension, error) {
	if r.SeesAll() || r.is(x.Debtor, x.Line.Member) {
		return &x, nil
	}
	all := x.Parts
	x.Parts, x.Asked = []record.ExtensionPart{}, r.only(x.Asked)
	for i := range all {
		if r.is(all[i].Owner.Member) || slices.ContainsFunc(all[i].Others, func(c record.Consent) bool { return r.is(c.Member) }) {
			x.Parts = append(x.Parts, all[i])
		}
	}
	if len(x.Parts) > 0 {
		return &x, nil
	}
	holdings, err := r.holdings(x.Certificate)
	if err != nil || !slices.ContainsFunc(holdings, func(h record.Holding) bool { return r.is(h.Owner) && h.Redeemed == 0 }) {
		return nil, err
	}
	return &x, nil
}

// Waiver reports whether the viewer sees what a creditor gave up: the creditor, the
// debtor, the pledgee that consents, and those who see all.
func (r *Reader) Waiver(v *record.Waiver) bool {
	return r.SeesAll() || r.is(v.Creditor, v.Debtor, v.Pledgee)
}

// PayeeChoice reads to which account a member's clearings are paid, nil when it has not
// chosen: for the member, the banks of the account chosen and the one before, and those
// who see all.
func (r *Reader) PayeeChoice(member string) (*record.PayeeChoice, error) {
	if !segment(member) {
		return nil, r.absent("member", member)
	}
	choice, err := record.Find(r.State, record.PayeeKey(member))
	if err != nil || choice == nil || r.SeesAll() || r.is(member) {
		return choice, err
	}
	for _, id := range []string{choice.Account, choice.Former} {
		if id == "" {
			continue
		}
		a, err := record.Find(r.State, record.AccountKey(member, id))
		if err != nil || a != nil && r.is(a.Bank) {
			return choice, err
		}
	}
	return nil, nil
}
