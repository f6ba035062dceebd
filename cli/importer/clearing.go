package importer

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/clearing"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/settlement"
	"github.com/tierledger/tierledger/network/banksim"
	"github.com/tierledger/tierledger/node/reconcile"
)

// Clearing is what ImportClearing is asked for.
type Clearing struct {
	Day    calendar.Date // payment date; 0: the next on which something is payable
	Seed   uint32        // of accounts' banks and of what the banks do wrong
	Faults banksim.Faults
}

// The stages of clearing a day, in order. Debtors and holders register their accounts,
// the development network's clock goes to the day, the ledger enters the certificates
// into their runs, the debtors' banks confirm funds, the ledger divides them into legs,
// the banks are instructed and pay, and what they say goes back to the ledger.
const (
	StageAdvance Stage = "advance"
	StageEnter   Stage = "enter"
	StageFunds   Stage = "confirm funds"
	StageDivide  Stage = "divide"
	StageOrder   Stage = "instruct legs"
	StageReplace Stage = "replace"
	StagePay     Stage = "pay"
	StageReport  Stage = "report"
	StageBooks   Stage = "reconcile"
)

// clearingImport is one run.
type clearingImport struct {
	*crowd
	want Clearing

	due          money.Fen // on the day, as the holdings say
	certificates int
	runs         []record.Run
	legs         map[string]*record.Settlement // by id
	bank         *banksim.Simulator
	clock        calendar.Instant // the banks'
	ordered      map[string]bool  // legs that the banks were asked to pay
	said         ClearingMessages
	doubts       []doubt // under the crowd's lock while reports are sent
	compared     *reconcile.Comparison
}

// ImportClearing clears what is payable on a day on a development network: everybody's
// part is played by who signs for it, the banks' payments by a simulator. Called again
// after any end, it goes on: what is done is read from the ledger.
func ImportClearing(ctx context.Context, net *Network, want Clearing, opt Options) (*ClearingSummary, error) {
	start := time.Now()
	everybody, err := newCrowd(net, opt, want.Seed)
	if err != nil {
		return nil, err
	}
	im := &clearingImport{crowd: everybody, want: want, legs: map[string]*record.Settlement{}, ordered: map[string]bool{}}
	path, err := im.journaled(ctx, "clearing", im.run)
	if err != nil {
		return nil, err
	}
	s := im.summary(time.Since(start))
	if s.Complete() {
		err = removeJournal(path)
	}
	return s, err
}

func (im *clearingImport) run(ctx context.Context) error {
	owners, err := im.payable(ctx)
	if err != nil {
		return err
	}
	if err := im.accounts(ctx, owners); err != nil {
		return err
	}
	if err := im.stagesOf(ctx, []clearingStage{{StageAdvance, im.advance}, {StageEnter, im.enter}}); err != nil {
		return err
	}
	for range maxPasses {
		before := im.sender.count
		err := im.stagesOf(ctx, []clearingStage{
			{StageFunds, im.confirm}, {StageDivide, im.divide}, {StageRead, im.readLegs}, {StageReplace, im.replace},
			{StageOrder, im.instruct}, {StagePay, im.pay}, {StageDivide, im.divide}, {StageRead, im.readLegs},
		})
		if err != nil {
			return err
		}
		im.judge()
		if im.owed() == 0 || im.sender.count == before {
			break // all is paid, or nothing more can be done
		}
	}
	return im.timed(ctx, StageBooks, im.reconcile)
}

// maxPasses is how often what banks sent back, or credited in part, is paid again.
const maxPasses = 50

// clearingStage is one step of a pass.
type clearingStage struct {
	name Stage
	do   func(context.Context) (int, error)
}

func (im *clearingImport) stagesOf(ctx context.Context, stages []clearingStage) error {
	for _, stage := range stages {
		if err := im.timed(ctx, stage.name, stage.do); err != nil {
			return err
		}
	}
	return nil
}

// owed is what is not paid of the day's runs.
func (im *clearingImport) owed() money.Fen {
	var sum money.Fen
	for i := range im.runs {
		sum += im.runs[i].Tally.Owed()
	}
	return sum
}

// payable finds what is payable on the day and who is concerned: debtors and owners, in
// order of their codes.
func (im *clearingImport) payable(ctx context.Context) ([]*owner, error) {
	im.Progress.Stage(string(StageRead), 0)
	node := im.net.Reader
	if im.want.Day == 0 {
		now, err := im.now(ctx)
		if err != nil {
			return nil, err
		}
		for h, err := range node.Holdings(ctx) {
			if err != nil {
				return nil, err
			}
			if !h.Redeemed && h.Payment >= now.Date() && (im.want.Day == 0 || h.Payment < im.want.Day) {
				im.want.Day = h.Payment
			}
		}
	}
	concerned, certificates := map[string]*owner{}, map[string]bool{}
	for h, err := range node.Holdings(ctx) {
		if err != nil {
			return nil, err
		}
		if h.Redeemed || h.Payment != im.want.Day {
			continue
		}
		im.due += h.Interval.Amount() // no overflow: of certificates that were issued
		certificates[h.Certificate] = true
		im.Progress.Add(1)
		for _, id := range []string{h.Debtor, h.Owner} {
			o := im.owners[id]
			if o == nil {
				return nil, code.NotAuthorised.New("nobody signs here for member %s", id)
			}
			concerned[id] = o
		}
	}
	im.certificates = len(certificates)
	if im.certificates == 0 && im.want.Day == 0 {
		return nil, code.NotFound.New("nothing is payable on a day to come")
	}
	list := make([]*owner, 0, len(concerned))
	for _, o := range concerned { //order: sorted below
		list = append(list, o)
	}
	slices.SortFunc(list, func(a, b *owner) int { return cmp.Compare(a.id, b.id) })
	return list, nil
}

// bankingHours is how long after the beginning of the payment date the clock is set to.
const bankingHours = 9 * 60 * 60 * 1000

// advance moves the clock of the development network to the payment date.
func (im *clearingImport) advance(ctx context.Context) (int, error) {
	now, err := im.now(ctx)
	to := im.want.Day.Start() + bankingHours
	if err != nil || now >= to {
		return 0, err
	}
	op, err := invoke("devnet:Advance", map[string]calendar.Instant{"to": to})
	if err != nil {
		return 0, err
	}
	var refused *code.Error
	n, err := im.send(ctx, StageAdvance, 1, func(yield func(*batch, error) bool) {
		yield(&batch{
			stage: StageAdvance, signer: im.net.Banks[0].Alias + "/" + makerName, items: []int{0}, operations: []operation{op}, alone: true,
		}, nil)
	}, func(_ int, why *code.Error) { refused = why })
	if err == nil && refused != nil {
		err = refused // nothing is payable before its day
	}
	return n, err
}

// watch polls the runs of the day until enough says that they have come far enough, and
// tells how far they are.
func (im *clearingImport) watch(ctx context.Context, stage Stage, total int, done func(*record.Run) int) (int, error) {
	im.Progress.Stage(string(stage), total)
	shown, moved := 0, time.Now()
	for {
		im.runs = im.runs[:0]
		sum := 0
		for r, err := range im.net.Reader.Runs(ctx, im.want.Day) {
			if err != nil {
				return sum, err
			}
			im.runs = append(im.runs, r)
			sum += done(&r)
		}
		if sum > shown {
			im.Progress.Add(sum - shown)
			shown, moved = sum, time.Now()
		}
		if sum >= total {
			return total, nil
		}
		if time.Since(moved) > watchPatience {
			return sum, code.TimedOut.New("%d of %d after %s without a change", sum, total, watchPatience)
		}
		select {
		case <-ctx.Done():
			return sum, ctx.Err()
		case <-time.After(watchPause):
		}
	}
}

// How often the ledger is asked how far it is, and how long it may stand still.
const (
	watchPause    = time.Second
	watchPatience = 5 * time.Minute
)

// enter waits until the ledger has entered all certificates of the day.
func (im *clearingImport) enter(ctx context.Context) (int, error) {
	return im.watch(ctx, StageEnter, im.certificates, func(r *record.Run) int { return int(r.Certificates) })
}

// confirm has the debtors' banks confirm funds for all that is open.
func (im *clearingImport) confirm(ctx context.Context) (int, error) {
	banks := map[string]int{} // of the debtor's account, by run
	var items []int
	for i := range im.runs {
		r := &im.runs[i]
		if r.State != record.RunOpen || r.Tally.Open == 0 {
			continue
		}
		for a, err := range im.net.Reader.Accounts(ctx, r.Debtor) {
			if err != nil {
				return 0, err
			}
			if bank, here := im.banks[a.Bank]; here && a.ID == accountName {
				banks[r.ID] = bank
				items = append(items, i)
			}
		}
	}
	return im.send(ctx, StageFunds, len(items), perBank(im.net.Banks, StageFunds, makerName, items,
		func(i int) int { return banks[im.runs[i].ID] },
		func(i int) ([]operation, error) {
			op, err := invoke("clearing:ConfirmFunds", clearing.ConfirmFundsArgument{
				Run: im.runs[i].ID, Account: accountName, Amount: im.runs[i].Tally.Open,
			})
			return []operation{op}, err
		}), func(i int, why *code.Error) { im.refuse(StageFunds, im.runs[i].ID, why) })
}

// divide waits until the ledger has computed the legs.
func (im *clearingImport) divide(ctx context.Context) (int, error) {
	return im.watch(ctx, StageDivide, len(im.runs), func(r *record.Run) int {
		if r.State == record.RunDividing {
			return 0
		}
		return 1
	})
}

// readLegs reads the legs of all runs.
func (im *clearingImport) readLegs(ctx context.Context) (int, error) {
	im.Progress.Stage(string(StageRead), len(im.legs))
	node := im.net.Reader
	if err := im.sender.reach(ctx, node); err != nil {
		return 0, err
	}
	for r, err := range node.Runs(ctx, im.want.Day) {
		if err != nil {
			return 0, err
		}
		for s, err := range node.Legs(ctx, r.ID) {
			if err != nil {
				return 0, err
			}
			im.legs[s.ID] = &s
			im.Progress.Add(1)
		}
	}
	return len(im.legs), nil
}

// in are the legs in some state, in order of their ids.
func (im *clearingImport) in(wanted func(record.SettlementState) bool) []*record.Settlement {
	var list []*record.Settlement
	for _, s := range im.legs { //order: sorted below
		if wanted(s.State) {
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b *record.Settlement) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// replace has the debtors' banks make anew what was not paid or came back.
func (im *clearingImport) replace(ctx context.Context) (int, error) {
	var list []*record.Settlement
	for _, s := range im.in(func(record.SettlementState) bool { return true }) {
		if s.Kept {
			list = append(list, s)
		}
	}
	n, err := im.sendLegs(ctx, StageReplace, list, func(s *record.Settlement) string { return s.PayerBank },
		func(i int) (operation, error) {
			return invoke("clearing:Replace", clearing.LegArgument{Leg: list[i].ID})
		}, func(i int) { list[i].Kept = false })
	if err != nil || n == 0 {
		return n, err
	}
	_, err = im.readLegs(ctx)
	return n, err
}

// instruct has the debtors' banks instruct all legs that are computed.
func (im *clearingImport) instruct(ctx context.Context) (int, error) {
	list := im.in(func(s record.SettlementState) bool { return s == record.SettlementAgreed })
	return im.sendLegs(ctx, StageOrder, list, func(s *record.Settlement) string { return s.PayerBank },
		func(i int) (operation, error) {
			return invoke("settlement:Instruct", settlement.Argument{ID: list[i].ID})
		}, func(i int) { list[i].State = record.SettlementInstructed })
}

// sendLegs sends one operation for each leg, as a bank's.
func (im *clearingImport) sendLegs(
	ctx context.Context, stage Stage, list []*record.Settlement, bankOf func(*record.Settlement) string,
	make func(int) (operation, error), accepted func(int),
) (int, error) {
	items := indexes(len(list))
	bad := map[int]bool{}
	n, err := im.send(ctx, stage, len(items), perBank(im.net.Banks, stage, makerName, items,
		func(i int) int { return im.banks[bankOf(list[i])] },
		func(i int) ([]operation, error) {
			op, err := make(i)
			return []operation{op}, err
		}), func(i int, why *code.Error) {
		bad[i] = true
		im.refuse(stage, list[i].ID, why)
	})
	for _, i := range items {
		if !bad[i] {
			accepted(i)
		}
	}
	return n, err
}

func indexes(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}
