package command

import (
	"context"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode"
	"github.com/tierledger/tierledger/chaincode/clearing"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/client"
	"github.com/tierledger/tierledger/node/reconcile"
)

// ingested is what became of the items of banks' files.
type ingested struct {
	Files      int         `json:"files"`
	ReadBefore int         `json:"readBefore"` // files of which nothing was left to do
	Items      int         `json:"items"`      // of the other files: the sum of those below
	Accepted   int         `json:"accepted"`
	Paid       int         `json:"paid"`
	Rejected   int         `json:"rejected"`
	Returned   int         `json:"returned"`
	Known      int         `json:"known"`   // the ledger had them already
	Nothing    int         `json:"nothing"` // nothing of which this bank is to tell
	Proposed   int         `json:"proposed"`
	Exceptions int         `json:"exceptions"`
	New        int         `json:"newExceptions"` // that were not in the list before
	List       []exception `json:"list,omitempty"`
}

func (in *ingested) count(d *reconcile.Decision) {
	switch d.Bucket {
	case reconcile.Known:
		in.Known++
	case reconcile.Nothing:
		in.Nothing++
	case reconcile.Exception:
		in.Exceptions++
	case reconcile.ToReport:
		switch d.Report.Says {
		case clearing.ReportAccepted:
			in.Accepted++
		case clearing.ReportPaid:
			in.Paid++
		case clearing.ReportRejected:
			in.Rejected++
		case clearing.ReportReturned:
			in.Returned++
		}
	}
}

func (a *app) clearingIngest() *cobra.Command {
	var accounts string
	var batch int
	var again bool
	return a.command(spec{
		use: "ingest FILE...", short: "Read your bank's messages (pain.002, camt.054, camt.053) and tell the ledger what they say of legs",
		long: `Every item is matched to the leg whose id is its end-to-end identification, and only
if amount, parties and both accounts fit. The payer's bank tells of payments that
were carried out or refused, the payee's bank of those that were credited or went
back. What the ledger has already is passed over: a file can be read any number of
times. What is unknown, does not fit or says too little is told to nobody and goes
to the list of exceptions; then the exit code is 1. For FILE a directory stands for
all .xml files in it.

Accounts are named as in the payment files, or numbered by --accounts.`,
		example: "  scf clearing ingest answers/*.xml --as bank1/maker\n" +
			"  scf clearing ingest inbox --accounts accounts.csv --as bank3/maker\n  scf clearing exceptions list",
		args: cobra.MinimumNArgs(1),
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&accounts, "accounts", "", "CSV file of account numbers: member, account, number")
			f.IntVar(&batch, "batch", record.MaxBatchItems, "reports that are signed together, at most 500")
			f.BoolVar(&again, "again", false, "also files of which nothing was left to do")
		},
		run: func(ctx context.Context, args []string) error {
			numbers, err := readNumbers(accounts)
			if err != nil {
				return err
			}
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			bank, err := s.self(ctx)
			if err != nil {
				return err
			}
			files, before, err := a.bankFiles(args, bank, again)
			if err != nil {
				return err
			}
			d := &desk{session: s, bank: bank, desk: reconcile.NewDesk(bank, numbers), batch: batch, runs: map[string]bool{}}
			done, err := d.ingest(ctx, files)
			if err != nil {
				return err
			}
			done.Files, done.ReadBefore = len(files)+before, before
			return a.ingestedSaid(done)
		},
	})
}

// ingestedSaid shows what became of the items.
func (a *app) ingestedSaid(done *ingested) error {
	err := a.print(done, func(w io.Writer) {
		t := columns(">FILES", ">ITEMS", ">ACCEPTED", ">PAID", ">REJECTED", ">RETURNED", ">PROPOSED", ">KNOWN", ">NOTHING TO TELL", ">EXCEPTIONS")
		row := make([]string, 0, 10)
		for _, n := range []int{
			done.Files, done.Items, done.Accepted, done.Paid, done.Rejected, done.Returned, done.Proposed, done.Known, done.Nothing, done.Exceptions,
		} {
			row = append(row, fmt.Sprint(n))
		}
		t.add(row...)
		t.write(w, "")
		if done.ReadBefore > 0 {
			fmt.Fprintf(w, "%d files were read before, and nothing was left to do\n", done.ReadBefore)
		}
		if len(done.List) > 0 {
			fmt.Fprintln(w)
			writeExceptions(w, done.List[:min(shown, len(done.List))])
		}
	})
	if err != nil || done.Exceptions == 0 {
		return err
	}
	return code.AdviceMismatch.New("%d items wait for a person, %d of them new: scf clearing exceptions list", done.Exceptions, done.New)
}

// desk ingests a bank's files.
type desk struct {
	*session
	bank  string
	desk  *reconcile.Desk
	batch int
	runs  map[string]bool // whose legs are loaded
}

func (d *desk) ingest(ctx context.Context, files []bankFile) (*ingested, error) {
	var told []reconcile.Told
	for i := range files {
		told = append(told, files[i].Items...)
	}
	if err := d.load(ctx, told); err != nil {
		return nil, err
	}
	decisions := d.desk.Take(told)
	done := &ingested{Items: len(decisions)}
	if err := d.report(ctx, decisions, done); err != nil {
		return nil, err
	}
	names := map[record.Digest]string{}
	for i := range files {
		names[files[i].Hash] = files[i].path
	}
	used, open := map[string]bool{}, map[record.Digest]bool{}
	for i := range decisions {
		one := &decisions[i]
		if d.app.propose && one.Bucket == reconcile.ToReport {
			open[one.File.Hash] = true
			continue
		}
		done.count(one)
		if one.Bucket != reconcile.Exception {
			used[one.ID()] = true
			continue
		}
		open[one.File.Hash] = true
		done.List = append(done.List, d.exception(one, filepath.Base(names[one.File.Hash])))
	}
	var err error
	if done.New, err = d.app.noteExceptions(done.List, used); err != nil {
		return nil, err
	}
	return done, d.app.noteFiles(files, open)
}

func (d *desk) exception(one *reconcile.Decision, file string) exception {
	item := &one.Item
	return exception{
		ID: one.ID(), Bank: d.bank, File: file, Line: item.Line, Kind: string(one.File.Kind), Message: item.Message, Leg: one.Leg,
		EndToEnd: item.EndToEnd, Amount: item.Amount, Direction: string(item.Direction), Account: string(item.Account),
		Reference: item.Reference, Fault: one.Fault, Why: one.Why,
	}
}

// few is how many legs are asked for one by one before those of their run are listed.
const few = 20

// load gives the desk the legs that items name. One that the node does not know, or does
// not show to this bank, stays unknown.
func (d *desk) load(ctx context.Context, told []reconcile.Told) error {
	ids := map[string]bool{}
	for i := range told {
		if id := told[i].Item.EndToEnd; reconcile.LegID(id) {
			ids[id] = true
		}
	}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		if d.desk.Has(id) {
			continue
		}
		leg, err := d.Leg(ctx, id)
		if code.NotFound.Is(err) || code.NotAuthorised.Is(err) {
			continue
		}
		if err != nil {
			return err
		}
		d.desk.Add(leg.Settlement)
		if len(ids) > few && !d.runs[leg.Run] {
			d.runs[leg.Run] = true
			if err := d.loadRun(ctx, leg.Run, ids); err != nil {
				return err
			}
		}
	}
	return nil
}

// loadRun gives the desk the legs of a run that items name.
func (d *desk) loadRun(ctx context.Context, run string, ids map[string]bool) error {
	for _, filter := range []client.LegFilter{{PayerBank: d.bank}, {PayeeBank: d.bank}} {
		for leg, err := range d.RunLegs(ctx, run, filter) {
			if err != nil {
				return err
			}
			if ids[leg.ID] {
				d.desk.Add(leg)
			}
		}
	}
	return nil
}

// report tells the ledger. Of one leg a report waits for the one before it.
func (d *desk) report(ctx context.Context, decisions []reconcile.Decision, done *ingested) error {
	for _, wave := range reconcile.Turns(decisions) {
		if err := d.tell(ctx, decisions, wave); err != nil {
			return err
		}
		if d.app.propose { // what follows is told when this was approved, and the files are read again
			done.Proposed = len(wave)
			return nil
		}
	}
	return nil
}

// Waits while the ledger divides funds over a run: it takes no reports that would change
// what is open.
const (
	dividingPause = 2 * time.Second
	dividingTries = 60
)

// tell sends reports, at most one of each leg. What comes while a run is being divided is
// sent again; what is refused is compared with the leg as it is then.
func (d *desk) tell(ctx context.Context, decisions []reconcile.Decision, wave []int) error {
	for tries := 0; len(wave) > 0; tries++ {
		work := items{limit: d.batch}
		for _, i := range wave {
			if err := work.add("clearing:Report", decisions[i].Report); err != nil {
				return err
			}
		}
		var later []int
		refused := map[int]*code.Error{}
		err := work.run(ctx, d.session, "report", func(n int, o chaincode.ItemOutcome) {
			refusal := refusalOf(o)
			switch {
			case refusal == nil:
			case refusal.Code == code.RunDividing && tries < dividingTries:
				later = append(later, wave[n])
			default:
				refused[wave[n]] = refusal
			}
		})
		if err != nil {
			return err
		}
		if err := d.look(ctx, decisions, refused); err != nil {
			return err
		}
		if wave = later; len(wave) == 0 {
			return nil
		}
		select {
		case <-time.After(dividingPause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// look decides anew on reports that were refused.
func (d *desk) look(ctx context.Context, decisions []reconcile.Decision, refused map[int]*code.Error) error {
	for _, i := range slices.Sorted(maps.Keys(refused)) {
		leg, err := d.Leg(ctx, decisions[i].Leg)
		if err != nil {
			return err
		}
		decisions[i] = d.desk.AfterRefusal(decisions[i], refused[i], &leg.Settlement)
	}
	return nil
}
