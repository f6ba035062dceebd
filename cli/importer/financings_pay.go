package importer

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/registration"
	"github.com/tierledger/tierledger/chaincode/settlement"
)

// open are the financings that are agreed and not paid out yet, in order of bank.
// Those whose time to be instructed is over at an instant are not: they lapse. At 0
// none is over.
func (im *financingsImport) open(now calendar.Instant) []*taken {
	var list []*taken
	for _, t := range im.found {
		s := &t.settlement
		if t.State == record.FinancingAgreed && s.State.Live() && (s.State.Instructed() || s.LapsesAt == 0 || now < s.LapsesAt) {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b *taken) int { return cmp.Or(cmp.Compare(a.Funder, b.Funder), cmp.Compare(a.ID, b.ID)) })
	return list
}

// pay registers, instructs and advises what is agreed.
func (im *financingsImport) pay(ctx context.Context) error {
	now, err := im.now(ctx)
	if err != nil {
		return err
	}
	list, stopped := im.open(now), map[*taken]bool{}
	for _, stage := range []struct {
		name   Stage
		list   []*taken
		bankOf func(*taken) string
		wanted func(*taken) bool
		make   func(*taken) ([]operation, error)
	}{
		{StageRegister, list, funderOf, func(t *taken) bool { return t.Registered == "" && !t.settlement.State.Instructed() }, register},
		{StageInstruct, list, payerBankOf, func(t *taken) bool { return !t.settlement.State.Instructed() }, instruct},
		{StageAdvise, list, payeeBankOf, func(*taken) bool { return true }, advise},
		{StageCancel, im.abandoned(), funderOf, func(*taken) bool { return true }, unregister},
	} {
		var items []int
		for i, t := range stage.list {
			if _, here := im.banks[stage.bankOf(t)]; here && !stopped[t] && stage.wanted(t) {
				items = append(items, i)
			}
		}
		err := im.timed(ctx, stage.name, func(ctx context.Context) (int, error) {
			return im.send(ctx, stage.name, len(items), perBank(im.net.Banks, stage.name, makerName, items,
				func(i int) int { return im.banks[stage.bankOf(stage.list[i])] },
				func(i int) ([]operation, error) { return stage.make(stage.list[i]) },
			), func(i int, why *code.Error) {
				if stopped[stage.list[i]] {
					return // the second of two operations
				}
				stopped[stage.list[i]] = true
				im.refuse(stage.name, stage.list[i].ID, why)
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func funderOf(t *taken) string    { return t.Funder }
func payerBankOf(t *taken) string { return t.settlement.PayerBank }
func payeeBankOf(t *taken) string { return t.settlement.PayeeBank }

// abandoned are the financings that came to nothing after they were registered.
func (im *financingsImport) abandoned() []*taken {
	var list []*taken
	for _, t := range im.found {
		if t.Registered != "" && t.Duty == record.RegistrationCancel && t.State > record.FinancingEnded {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b *taken) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// register records the search and the initial registration. They are made up, of
// the moment of the agreement: that is never ahead of the ledger's time.
func register(t *taken) ([]operation, error) {
	search, err := inRegistry(t, record.RegistrationSearch, "S", t.AgreedAt, 0)
	if err != nil {
		return nil, err
	}
	initial, err := inRegistry(t, record.RegistrationInitial, "R", t.AgreedAt, t.Terms.ValueDate.AddDays(rateDays))
	return []operation{search, initial}, err
}

// unregister takes a financing that came to nothing out of the registry.
func unregister(t *taken) ([]operation, error) {
	cancel, err := inRegistry(t, record.RegistrationCancel, "C", t.EndedAt, 0)
	return []operation{cancel}, err
}

// inRegistry is one entry that the financing's bank records.
func inRegistry(t *taken, kind record.RegistrationKind, letter string, at calendar.Instant, until calendar.Date) (operation, error) {
	return invoke("registration:Record", registration.Argument{
		Financing: t.ID, Kind: kind, Number: letter + "-" + t.ID, Entered: at, Proof: made("proof of the registry", kind.String(), t.ID),
		Until: until,
	})
}

func instruct(t *taken) ([]operation, error) {
	op, err := invoke("settlement:Instruct", settlement.Argument{ID: t.ID})
	return []operation{op}, err
}

// advise is the payee's bank's word that the money arrived, of the moment of the
// agreement as the registry's entries are.
func advise(t *taken) ([]operation, error) {
	s := &t.settlement
	op, err := invoke("settlement:Advise", settlement.AdviceArgument{
		Settlement: s.ID, Reference: fmt.Sprintf("import-%s", s.ID), Amount: s.Amount, Payer: s.Payer, PayerAccount: s.PayerAccount,
		Payee: s.Payee, PayeeAccount: s.PayeeAccount, Credited: s.At,
	})
	return []operation{op}, err
}
