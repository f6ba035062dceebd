package command

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode"
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/settlement"
	"github.com/tierledger/tierledger/node/client"
	"github.com/tierledger/tierledger/node/iso20022"
	"github.com/tierledger/tierledger/node/reconcile"
)

// instructed is what scf clearing instruct did.
type instructed struct {
	Run     string       `json:"run"`
	Legs    int          `json:"legs"` // instructed now
	Amount  money.Fen    `json:"amount"`
	Refused []refusedLeg `json:"refused"`
}

func (a *app) clearingInstruct() *cobra.Command {
	var round uint32
	var batch int
	return a.command(spec{
		use: "instruct RUN", short: "Sign that your bank pays the computed legs of a run now: the point of no return",
		long: `The bank of the debtor's account signs for every leg of the run, and for the late
interest on them, that is computed and not instructed yet, in batches. The command
can be stopped and given again: what is instructed already is passed over. A leg
that is refused, such as a frozen one (FROZEN), is listed, and does not stop the
others; then the exit code is 1.`,
		example: "  scf clearing instruct core-20270331 --as bank1/maker\n  scf clearing instruct core-20270331 --propose --as bank1/maker",
		args:    cobra.ExactArgs(1),
		flags: func(f *pflag.FlagSet) {
			f.Uint32Var(&round, "round", 0, "only legs of this round")
			f.IntVar(&batch, "batch", record.MaxBatchItems, "legs that are signed together, at most "+strconv.Itoa(record.MaxBatchItems))
		},
		run: func(ctx context.Context, args []string) error {
			s, run, err := a.ofRun(ctx, a.open, args[0])
			if err != nil {
				return err
			}
			legs, err := s.paidHere(ctx, run.ID, round, record.SettlementAgreed)
			if err != nil {
				return err
			}
			return s.instruct(ctx, run.ID, legs, batch)
		},
	})
}

// paidHere are the legs of a run in one state that are paid through the session's bank, in
// order of id.
func (s *session) paidHere(ctx context.Context, run string, round uint32, state record.SettlementState) ([]record.Settlement, error) {
	bank, err := s.self(ctx)
	if err != nil {
		return nil, err
	}
	var legs []record.Settlement
	for leg, err := range s.RunLegs(ctx, run, client.LegFilter{State: state, PayerBank: bank}) {
		if err != nil {
			return nil, err
		}
		if round == 0 || leg.Round == round {
			legs = append(legs, leg)
		}
	}
	return legs, nil
}

func (s *session) instruct(ctx context.Context, run string, legs []record.Settlement, batch int) error {
	done := instructed{Run: run, Refused: []refusedLeg{}}
	work := items{limit: batch}
	for i := range legs {
		if err := work.add("settlement:Instruct", settlement.Argument{ID: legs[i].ID}); err != nil {
			return err
		}
	}
	err := work.run(ctx, s, "instruct", func(n int, o chaincode.ItemOutcome) {
		if refusal := refusalOf(o); refusal != nil {
			done.Refused = append(done.Refused, refusedLegOf(legs[n].ID, refusal))
			return
		}
		done.Legs++
		done.Amount += legs[n].Amount // bounded by what the debtor owes
	})
	if err != nil || s.app.propose && len(legs) > 0 {
		return err
	}
	err = s.app.print(done, func(w io.Writer) {
		fmt.Fprintf(w, "instructed %d legs of run %s, %s; pay them now\n", done.Legs, run, yuan(done.Amount))
		writeRefused(w, done.Refused)
	})
	if err != nil {
		return err
	}
	return judgeRefused(done.Refused, "instructed")
}

// exportedNotes says which legs were written in which message to a bank.
const exportedNotes = "clearing-exports.jsonl"

// exported is a message to a bank that was written.
type exported struct {
	Message string           `json:"message"`
	Bank    string           `json:"bank"`
	Run     string           `json:"run"`
	At      calendar.Instant `json:"at"`
	File    string           `json:"file"`
	Legs    []string         `json:"legs"` // each with the transaction of its instruction
	Amount  money.Fen        `json:"amount"`
	Count   int              `json:"count"`
}

// export are the flags of scf clearing export.
type export struct {
	out, accounts string
	round         uint32
	computed      bool
	again         bool
	most          int
}

func (a *app) clearingExport() *cobra.Command {
	const most = 50_000
	var e export
	return a.command(spec{
		use: "export RUN", short: "Write the instructed legs of a run as payment files for your bank (pain.001)",
		long: `Each leg becomes one transfer whose end-to-end identification is the leg's id. An
account is named by its member, a slash and the member's own word for it, unless
--accounts says how the banks number it: a comma-separated file with the columns
member, account and number.

What was written once is not written again, so that nothing is paid twice: with
--again the same messages come again, and the bank refuses those that it has. With
more than --max transfers there are several files, numbered.`,
		example: "  scf clearing export core-20270331 --out pay.xml --as bank1/maker\n" +
			"  scf clearing export core-20270331 --out pay.xml --accounts accounts.csv --max 10000 --as bank1/maker",
		args: cobra.ExactArgs(1), needs: []string{"out"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&e.out, "out", "", "file to write; none is replaced")
			f.StringVar(&e.accounts, "accounts", "", "CSV file of account numbers: member, account, number")
			f.Uint32Var(&e.round, "round", 0, "only legs of this round")
			f.BoolVar(&e.computed, "computed", false, "legs that are computed and not instructed yet")
			f.BoolVar(&e.again, "again", false, "write again what was written before")
			f.IntVar(&e.most, "max", most, "transfers in one file")
		},
		run: func(ctx context.Context, args []string) error {
			if e.most < 1 {
				return code.BadArgument.New("--max is above 0")
			}
			s, run, err := a.ofRun(ctx, a.open, args[0])
			if err != nil {
				return err
			}
			return s.export(ctx, run.ID, e)
		},
	})
}

func (s *session) export(ctx context.Context, run string, e export) error {
	numbers, err := readNumbers(e.accounts)
	if err != nil {
		return err
	}
	state := record.SettlementInstructed
	if e.computed {
		state = record.SettlementAgreed
	}
	legs, err := s.paidHere(ctx, run, e.round, state)
	if err != nil {
		return err
	}
	legs = slices.DeleteFunc(legs, func(l record.Settlement) bool { return l.PayeeAccount == "" })
	book := notesIn[exported](s.app, exportedNotes)
	before, err := book.all()
	if err != nil {
		return err
	}
	fresh, known := unexported(legs, before)
	if e.again {
		fresh, known = legs, 0
	}
	written, err := s.writeOrders(ctx, run, fresh, numbers, e)
	if err != nil {
		return err
	}
	if err := book.add(written...); err != nil {
		return err
	}
	return s.app.print(written, func(w io.Writer) {
		for _, m := range written {
			fmt.Fprintf(w, "wrote %s: message %s, %d transfers of %s\n", m.File, m.Message, m.Count, yuan(m.Amount))
		}
		if len(written) == 0 {
			fmt.Fprintln(w, "nothing to write")
		}
		if known > 0 {
			fmt.Fprintf(w, "%d legs were written before; --again writes them again\n", known)
		}
	})
}

// unexported are the legs that were written in no message under their present
// instruction, or as computed ones.
func unexported(legs []record.Settlement, before []exported) (fresh []record.Settlement, known int) {
	written := map[string]bool{}
	for _, m := range before {
		for _, key := range m.Legs {
			written[key] = true
		}
	}
	for i := range legs {
		if reconcile.Ordered(&legs[i], written) {
			known++
			continue
		}
		fresh = append(fresh, legs[i])
	}
	return fresh, known
}

// readNumbers reads the file of account numbers, none when no file is named.
func readNumbers(path string) (reconcile.Numbers, error) {
	if path == "" {
		return reconcile.Numbers{}, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return reconcile.Numbers{}, fmt.Errorf("read the account numbers: %w", err)
	}
	defer func() { _ = file.Close() }() // only read
	return reconcile.ReadNumbers(file)
}

// writeOrders writes legs in as many files as they need.
func (s *session) writeOrders(ctx context.Context, run string, legs []record.Settlement, numbers reconcile.Numbers, e export) ([]exported, error) {
	bank, err := s.self(ctx)
	if err != nil {
		return nil, err
	}
	now, err := s.lastBlock(ctx)
	if err != nil {
		return nil, err
	}
	names := s.names(ctx)
	list := []exported{}
	for part := range slices.Chunk(legs, e.most) {
		order := reconcile.NewOrder(bank, now, part)
		m := exported{
			Message: order.Message, Bank: bank, Run: run, At: now, File: e.out, Legs: order.Keys(), Amount: order.Amount(), Count: len(part),
		}
		if len(legs) > e.most {
			extension := filepath.Ext(e.out)
			m.File = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(e.out, extension), len(list)+1, extension)
		}
		err := create(m.File, func(w io.Writer) error { return iso20022.WriteInitiation(w, order.Initiation(numbers, names)) })
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, nil
}
