package importer

import (
	"context"
	"fmt"
	"time"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/client"
)

// Financings is what ImportFinancings is asked for.
type Financings struct {
	Count int    // financings that are to be paid out in the end
	Seed  uint32 // of every choice, and part of the names of the posted rates
}

// The stages of making financings, in order. Holders and banks register their
// accounts: proposed by a maker, approved by a checker, confirmed by the account's
// bank. Each bank posts its rates and sets some limits; holders take the rates; the
// banks register what was taken, instruct the payments, and the payees' banks
// advise them. A financing that lapsed after it was registered is taken out of the
// registry.
const (
	StageChoose   Stage = "choose"
	StageAccounts Stage = "accounts"
	StageApprove  Stage = "approve"
	StageConfirm  Stage = "confirm"
	StageRates    Stage = "rates"
	StageLimits   Stage = "limits"
	StageTake     Stage = "take"
	StageRegister Stage = "register"
	StageInstruct Stage = "instruct"
	StageAdvise   Stage = "advise"
	StageCancel   Stage = "cancel"
)

// financingsImport is one run.
type financingsImport struct {
	*crowd
	want Financings

	rates  map[string]record.PostedRate // of this import, by bank and id
	avoid  map[pieceID]bool             // holdings that could not be taken
	found  map[string]*taken            // financings under these rates, by id
	others map[string]bool              // ids of financings under other terms
	rows   map[string]record.FinancingRow
}

// taken is a financing of this import.
type taken struct {
	record.Financing
	settlement record.Settlement
}

// ImportFinancings makes financings of random fen of what the network's firms hold,
// by random banks, until the ledger has as many as asked for that are paid out. All
// is signed by the party whose step it is and goes through its bank's node.
//
// The financings of a seed are known by the posted rates they took. Called again
// with the same seed, after any end, it finds what there is, finishes what is under
// way, and makes only what is missing. What lapsed or was refused is made up for by
// others.
func ImportFinancings(ctx context.Context, net *Network, want Financings, opt Options) (*FinancingsSummary, error) {
	if want.Count < 1 {
		return nil, code.BadArgument.New("%d financings", want.Count)
	}
	start := time.Now()
	everybody, err := newCrowd(net, opt, want.Seed)
	if err != nil {
		return nil, err
	}
	im := &financingsImport{
		crowd: everybody, want: want, rates: map[string]record.PostedRate{}, avoid: map[pieceID]bool{},
		found: map[string]*taken{}, others: map[string]bool{},
	}
	path, err := im.journaled(ctx, "financings", im.run)
	if err != nil {
		return nil, err
	}
	s := im.summary(time.Since(start))
	if s.Complete() {
		// Everything is on the ledger: there is nothing left to go on with.
		err = removeJournal(path)
	}
	return s, err
}

// run goes round until all are paid out, or until a round has added none: what
// lapsed at the end of a day, or was refused, is planned again.
func (im *financingsImport) run(ctx context.Context) error {
	if err := im.timed(ctx, StageRead, im.readBack); err != nil {
		return err
	}
	for {
		before := im.paidOut()
		if before >= im.want.Count && len(im.open(0)) == 0 {
			return nil
		}
		began, err := im.now(ctx)
		if err != nil {
			return err
		}
		if err := im.round(ctx, began); err != nil {
			return err
		}
		ended, err := im.now(ctx)
		if err != nil || im.paidOut() == before && ended.Date() == began.Date() {
			return err
		}
	}
}

// round plans what is missing and brings it, and what is under way, to its end.
func (im *financingsImport) round(ctx context.Context, now calendar.Instant) error {
	var plan []intent
	if missing := im.want.Count - im.paidOut() - len(im.open(now)); missing > 0 {
		if err := im.timed(ctx, StageChoose, func(ctx context.Context) (n int, err error) {
			plan, err = im.choose(ctx, missing)
			return len(plan), err
		}); err != nil {
			return err
		}
	}
	if len(plan) > 0 {
		if err := im.agree(ctx, plan); err != nil {
			return err
		}
	}
	if err := im.pay(ctx); err != nil {
		return err
	}
	return im.timed(ctx, StageRead, im.readBack)
}

// agree brings planned financings to where both sides have signed.
func (im *financingsImport) agree(ctx context.Context, plan []intent) error {
	if err := im.accounts(ctx, ownersOf(plan)); err != nil {
		return err
	}
	for _, stage := range []struct {
		name Stage
		do   func(context.Context) (int, error)
	}{
		{StageRates, im.postRates},
		{StageLimits, func(ctx context.Context) (int, error) { return im.setLimits(ctx, plan) }},
		{StageTake, func(ctx context.Context) (int, error) { return im.take(ctx, plan) }},
		{StageRead, im.readBack},
	} {
		if err := im.timed(ctx, stage.name, stage.do); err != nil {
			return err
		}
	}
	return nil
}

// invoke is call with the argument as the contracts write it: what has no value is
// left out.
func invoke(function string, argument any) (operation, error) {
	text, err := client.Argument(argument)
	if err != nil {
		return operation{}, fmt.Errorf("call %s: %w", function, err)
	}
	return operation{function, text}, nil
}

// costOf is what the terms of a posted rate come to when it is taken on a day.
func costOf(terms record.Terms, day calendar.Date, parts []financing.Part) (money.Fen, error) {
	terms.ValueDate = day
	cost, err := financing.CostOf(terms, parts)
	return cost.Net, err
}

// ownersOf are the owners in a plan.
func ownersOf(plan []intent) []*owner {
	list := make([]*owner, len(plan))
	for i := range plan {
		list[i] = plan[i].owner
	}
	return list
}
