package importer

import (
	"bytes"
	"context"
	"fmt"
	"strconv"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/network/banksim"
	"github.com/tierledger/tierledger/node/iso20022"
	"github.com/tierledger/tierledger/node/reconcile"
)

// orderSize is how many legs one message to a bank has at most.
const orderSize = 10_000

// ClearingMessages counts what went between the ledger and the banks.
type ClearingMessages struct {
	Orders     int `json:"orders"`     // pain.001
	Answers    int `json:"answers"`    // pain.002 and camt.054
	Items      int `json:"items"`      // of the answers
	Reported   int `json:"reported"`   // told to the ledger
	Exceptions int `json:"exceptions"` // that a person would have to look at
}

// pay has the banks pay what was instructed, and tells the ledger what they say.
func (im *clearingImport) pay(ctx context.Context) (int, error) {
	var list []*record.Settlement
	for _, s := range im.in(record.SettlementState.Instructed) {
		if !im.ordered[s.ID] { // once: what a bank did with it is for a person to find out
			im.ordered[s.ID] = true
			list = append(list, s)
		}
	}
	if len(list) == 0 {
		return 0, nil
	}
	now, err := im.now(ctx)
	if err != nil {
		return 0, err
	}
	desks := make([]*reconcile.Desk, len(im.net.Banks))
	for i, b := range im.net.Banks {
		desks[i] = reconcile.NewDesk(b.ID, reconcile.Numbers{})
	}
	orders := make([][]record.Settlement, len(im.net.Banks))
	for _, s := range list {
		for _, bank := range []string{s.PayerBank, s.PayeeBank} {
			if i, here := im.banks[bank]; here && !desks[i].Has(s.ID) {
				desks[i].Add(*s)
			}
		}
		if i, here := im.banks[s.PayerBank]; here {
			orders[i] = append(orders[i], *s)
		}
	}
	im.Progress.Stage(string(StagePay), len(list))
	for i := range orders {
		for from := 0; from < len(orders[i]); from += orderSize {
			some := orders[i][from:min(from+orderSize, len(orders[i]))]
			im.said.Orders++
			order := reconcile.Order{
				Message: fmt.Sprintf("%s-%d", some[0].ID, im.said.Orders), Created: now, Bank: im.net.Banks[i].ID, Legs: some,
			}
			files, err := im.order(ctx, &order)
			if err != nil {
				return 0, err
			}
			im.Progress.Add(len(some))
			if err := im.tell(ctx, desks, files); err != nil {
				return 0, err
			}
		}
	}
	return len(list), im.later(ctx, desks)
}

// order gives an order to the simulated banks.
func (im *clearingImport) order(ctx context.Context, o *reconcile.Order) ([]banksim.File, error) {
	if im.bank == nil {
		height, err := im.net.Reader.Height(ctx) // after a restart the banks begin another series
		if err != nil {
			return nil, err
		}
		config := banksim.Config{
			Seed: uint64(im.want.Seed), Faults: im.want.Faults, Now: func() calendar.Instant { return im.clock },
			Series: strconv.FormatInt(height, 36) + ".",
		}
		if im.bank, err = banksim.New(config); err != nil {
			return nil, err
		}
	}
	im.clock = o.Created
	var text bytes.Buffer
	name := func(member string) string { return "member " + member }
	if err := iso20022.WriteInitiation(&text, o.Initiation(reconcile.Numbers{}, name)); err != nil {
		return nil, err
	}
	return im.bank.Pay(&text)
}

// later takes what the banks say afterwards, until they have nothing more to say.
func (im *clearingImport) later(ctx context.Context, desks []*reconcile.Desk) error {
	for {
		files, err := im.bank.Next()
		if err != nil || len(files) == 0 {
			return err
		}
		if err := im.tell(ctx, desks, files); err != nil {
			return err
		}
	}
}

// saying is one thing that a bank has to tell the ledger.
type saying struct {
	bank     int
	desk     *reconcile.Desk
	decision reconcile.Decision
}

// tell has each bank tell the ledger what its files say.
func (im *clearingImport) tell(ctx context.Context, desks []*reconcile.Desk, files []banksim.File) error {
	var list []saying
	for _, f := range files {
		i, here := im.banks[f.Bank]
		if !here {
			continue
		}
		items, err := itemsOf(f)
		if err != nil {
			return err
		}
		im.said.Answers++
		im.said.Items += len(items)
		for _, d := range desks[i].Take(items) {
			switch d.Bucket {
			case reconcile.ToReport:
				list = append(list, saying{i, desks[i], d})
			case reconcile.Exception:
				im.said.Exceptions++
			case reconcile.Known, reconcile.Nothing:
			}
		}
	}
	return im.report(ctx, list)
}

// itemsOf reads a file of a bank.
func itemsOf(f banksim.File) ([]reconcile.Told, error) {
	var items []reconcile.Told
	file := reconcile.File{Kind: f.Kind, Hash: made("file", f.Name, string(f.Bytes))}
	header, err := iso20022.Read(bytes.NewReader(f.Bytes), iso20022.DefaultLimits(), func(item iso20022.Item) error {
		items = append(items, reconcile.Told{Item: item})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", f.Name, err)
	}
	file.Created = header.Created
	for i := range items {
		items[i].File = file
	}
	return items, nil
}

// report sends the reports. What is refused is looked at again when the legs were read:
// one bank may have told of something before the other did.
func (im *clearingImport) report(ctx context.Context, list []saying) error {
	before := len(im.doubts)
	items := indexes(len(list))
	_, err := im.send(ctx, StageReport, len(items), perBank(im.net.Banks, StageReport, makerName, items,
		func(i int) int { return list[i].bank },
		func(i int) ([]operation, error) {
			op, err := invoke("clearing:Report", list[i].decision.Report)
			return []operation{op}, err
		}), func(i int, why *code.Error) { im.doubts = append(im.doubts, doubt{list[i], why}) })
	im.said.Reported += len(list) - (len(im.doubts) - before)
	return err
}

// doubt is a report that the ledger refused.
type doubt struct {
	saying
	why *code.Error
}

// judge finds out what is wrong with the reports that were refused, now that all banks
// have told. The lock is not held.
func (im *clearingImport) judge() {
	for _, d := range im.doubts {
		if now := im.legs[d.decision.Leg]; d.desk.AfterRefusal(d.decision, d.why, now).Bucket == reconcile.Exception {
			im.refuse(StageReport, d.decision.Leg, d.why)
		}
	}
	im.doubts = nil
}

// reconcile compares the legs that the banks were asked to pay with the banks' statements
// of the day.
func (im *clearingImport) reconcile(context.Context) (int, error) {
	if im.bank == nil {
		return 0, nil
	}
	files, err := im.bank.Statement(im.clock.Date())
	if err != nil {
		return 0, err
	}
	var legs []record.Settlement
	for _, s := range im.in(func(record.SettlementState) bool { return true }) {
		if im.ordered[s.ID] {
			legs = append(legs, *s)
		}
	}
	im.Progress.Stage(string(StageBooks), len(legs))
	books := reconcile.NewBooks(reconcile.Numbers{}, legs, func(string) bool { return false })
	for _, f := range files {
		books.Covers(f.Bank)
		if _, err := iso20022.Read(bytes.NewReader(f.Bytes), iso20022.DefaultLimits(), books.Add); err != nil {
			return 0, fmt.Errorf("read %s: %w", f.Name, err)
		}
	}
	if im.compared, err = books.Compare(); err != nil {
		return 0, err
	}
	im.Progress.Add(len(legs))
	return len(legs), nil
}
