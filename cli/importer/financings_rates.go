package importer

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Bounds of the posted rates and limits: beyond any certificate of a devnet.
const (
	rateDays = 400 // longest term, and how long a registration lasts
	rateLife = 366 // days for which a rate is open
	rateMax  = money.Fen(10_000_000_000) * 100_000
)

// financingKinds are the kinds of which each bank posts a rate.
func financingKinds() []record.FinancingKind {
	return []record.FinancingKind{record.SaleWithRecourse, record.SaleWithoutRecourse, record.PledgeLoan}
}

// rateID names the rate of a kind. The seed in it is what tells the financings of an
// import from all others.
func (im *financingsImport) rateID(kind record.FinancingKind) string {
	suffix := "recourse"
	switch kind {
	case record.SaleWithoutRecourse:
		suffix = "outright"
	case record.PledgeLoan:
		suffix = "pledge"
	case record.SaleWithRecourse:
	}
	return fmt.Sprintf("random-%d-%s", im.want.Seed, suffix)
}

// terms are what a bank posts for a kind, always the same for a seed. The supplier
// bears all of the cost: nobody else has to sign.
func (im *financingsImport) terms(bank int, kind record.FinancingKind) record.Terms {
	random := rand.New(rand.NewPCG(uint64(im.want.Seed), uint64(bank)<<8|uint64(kind)))
	t := record.Terms{
		Kind: kind, Basis: money.Basis360, Interest: record.InterestPrepaid, Advance: financing.Whole,
		SupplierInterest: financing.Whole, SupplierFee: financing.Whole,
		Contract: made("financing contract", im.net.Banks[bank].ID, im.rateID(kind)),
	}
	if bank%2 == 1 {
		t.Basis = money.Basis365
	}
	const percent = financing.Whole / 100
	spread := money.Rate(random.Int64N(int64(percent)))
	switch kind {
	case record.SaleWithRecourse:
		t.Rate, t.Advance, t.Fee = 3*percent+spread, 95*percent, 1_000
	case record.SaleWithoutRecourse:
		t.Rate = 4*percent + spread
	case record.PledgeLoan:
		t.Rate, t.Advance, t.Fee, t.Interest = 2*percent+spread, 80*percent, 500, record.InterestAtMaturity
	}
	return t
}

// postRates has each bank post its rates, unless they are open.
func (im *financingsImport) postRates(ctx context.Context) (int, error) {
	now, err := im.now(ctx)
	if err != nil {
		return 0, err
	}
	today, kinds := now.Date(), financingKinds()
	if err := im.readRates(ctx); err != nil {
		return 0, err
	}
	var items []int
	for bank := range im.net.Banks {
		for k, kind := range kinds {
			p, posted := im.rates[im.rateKey(bank, kind)]
			if !posted || p.Closed || today < p.From || today > p.Until {
				items = append(items, bank*len(kinds)+k)
			}
		}
	}
	n, err := im.send(ctx, StageRates, len(items), perBank(im.net.Banks, StageRates, makerName, items,
		func(i int) int { return i / len(kinds) },
		func(i int) ([]operation, error) {
			kind := kinds[i%len(kinds)]
			op, err := invoke("financing:PostRate", financing.RateArgument{
				ID: im.rateID(kind), MaxDays: rateDays, Min: 1, Max: rateMax, Terms: im.terms(i/len(kinds), kind),
				Account: accountName, From: today, Until: today.AddDays(rateLife),
			})
			return []operation{op}, err
		}), func(i int, why *code.Error) { im.refuse(StageRates, im.net.Banks[i/len(kinds)].ID, why) })
	if err != nil || n == 0 {
		return n, err
	}
	return n, im.readRates(ctx)
}

func (im *financingsImport) rateKey(bank int, kind record.FinancingKind) string {
	return im.net.Banks[bank].ID + "/" + im.rateID(kind)
}

// readRates reads the rates of this import back.
func (im *financingsImport) readRates(ctx context.Context) error {
	node := im.net.Banks[0].Node
	if err := im.sender.reach(ctx, node); err != nil {
		return err
	}
	for bank, b := range im.net.Banks {
		for p, err := range node.Rates(ctx, b.ID) {
			if err != nil {
				return fmt.Errorf("list the rates of %s: %w", b.Alias, err)
			}
			if im.mine(p.ID) {
				im.rates[im.net.Banks[bank].ID+"/"+p.ID] = p
			}
		}
	}
	return nil
}

// mine reports whether a rate is of this import.
func (im *financingsImport) mine(rate string) bool {
	for _, kind := range financingKinds() {
		if rate == im.rateID(kind) {
			return true
		}
	}
	return false
}

// capped is on how many debtors and on how many suppliers each bank sets a limit.
// They are not in the way of anything; what they count is what is compared.
const capped = 3

// limitOf is a limit that a bank is to set.
type limitOf struct {
	bank   int
	of     record.LimitKind
	member string
}

// setLimits has each bank cap what it finances of some of the plan's debtors and
// suppliers, unless it has so many caps already.
func (im *financingsImport) setLimits(ctx context.Context, plan []intent) (int, error) {
	type class struct {
		bank int
		of   record.LimitKind
	}
	known, count := map[limitOf]bool{}, map[class]int{}
	for bank, b := range im.net.Banks {
		for l, err := range b.Node.Limits(ctx, b.ID) {
			if err != nil {
				return 0, fmt.Errorf("list the limits of %s: %w", b.Alias, err)
			}
			if l.Capped {
				known[limitOf{bank, l.Of, l.Member}] = true
				count[class{bank, l.Of}]++
			}
		}
	}
	var list []limitOf
	add := func(bank int, of record.LimitKind, member string) {
		l := limitOf{bank, of, member}
		if c := (class{bank, of}); !known[l] && count[c] < capped {
			known[l] = true
			count[c]++
			list = append(list, l)
		}
	}
	for i := range plan {
		add(plan[i].bank, record.LimitSupplier, plan[i].owner.id)
		add(plan[i].bank, record.LimitDebtor, plan[i].debtors[0])
	}
	items := make([]int, len(list))
	for i := range items {
		items[i] = i
	}
	return im.send(ctx, StageLimits, len(items), perBank(im.net.Banks, StageLimits, makerName, items,
		func(i int) int { return list[i].bank },
		func(i int) ([]operation, error) {
			op, err := invoke("credit:SetLimit", credit.LimitArgument{Of: list[i].of, Member: list[i].member, Cap: rateMax})
			return []operation{op}, err
		}), func(i int, why *code.Error) { im.refuse(StageLimits, im.net.Banks[list[i].bank].ID, why) })
}

// take has the holders take the rates. What is refused is left alone from then on,
// unless the day was over: then its terms are simply those of yesterday.
func (im *financingsImport) take(ctx context.Context, plan []intent) (int, error) {
	now, err := im.now(ctx)
	if err != nil {
		return 0, err
	}
	refuse := func(i int, why *code.Error) {
		im.refuse(StageTake, plan[i].owner.id, why)
		if why.Code == code.TermsInvalid {
			return
		}
		for _, leg := range plan[i].legs {
			im.avoid[pieceID{leg.Certificate, leg.Holding}] = true
		}
	}
	var items []int
	for i := range plan {
		in := &plan[i]
		if !im.usable[in.owner.id] {
			continue
		}
		in.net, err = costOf(im.rates[im.rateKey(in.bank, in.kind)].Terms, now.Date(), in.parts)
		if why := code.Of(err); why != nil {
			im.mu.Lock()
			refuse(i, why)
			im.mu.Unlock()
			continue
		}
		if err != nil {
			return 0, err
		}
		items = append(items, i)
	}
	return im.send(ctx, StageTake, len(items), func(yield func(*batch, error) bool) {
		p := &packer{yield: yield}
		for _, i := range items {
			o := plan[i].owner
			op, err := im.takeOne(&plan[i])
			if err != nil {
				p.fail(err)
				return
			}
			if !p.add(StageTake, o.alias+"/"+makerName, o.bank, i, op) {
				return
			}
		}
		p.flush()
	}, refuse)
}

// takeOne is what a holder signs.
func (im *financingsImport) takeOne(in *intent) (operation, error) {
	return invoke("financing:TakeRate", financing.TakeRateArgument{
		Bank: im.net.Banks[in.bank].ID, Rate: im.rateID(in.kind), Terms: im.rates[im.rateKey(in.bank, in.kind)].Terms,
		Legs: in.legs, Account: accountName, Net: in.net,
	})
}
