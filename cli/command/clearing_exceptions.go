package command

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/node/reconcile"
)

// exceptionNotes is what banks wrote and a person has to look at.
const exceptionNotes = "clearing-exceptions.jsonl"

// exception is one item of a bank's message that could not be used.
type exception struct {
	ID        string           `json:"id"`
	Bank      string           `json:"bank"`
	At        calendar.Instant `json:"at"` // when it was read, by this machine's clock
	File      string           `json:"file"`
	Line      int              `json:"line"`
	Kind      string           `json:"kind"` // of the message
	Message   string           `json:"message"`
	Leg       string           `json:"leg"`
	EndToEnd  string           `json:"endToEnd"`
	Amount    money.Fen        `json:"amount"`
	Direction string           `json:"direction"`
	Account   string           `json:"account"`
	Reference string           `json:"reference"`
	Fault     reconcile.Fault  `json:"fault"`
	Why       string           `json:"why"`
	Resolved  *resolution      `json:"resolved,omitempty"`
}

// resolution is how an exception ended.
type resolution struct {
	At   calendar.Instant `json:"at"`
	By   string           `json:"by"` // as said with --as
	Note string           `json:"note"`
}

// exceptionNote is a line of the notes: an exception, or how one ended.
type exceptionNote struct {
	Exception *exception  `json:"exception,omitempty"`
	ID        string      `json:"id,omitzero"`
	Resolved  *resolution `json:"resolved,omitempty"`
}

// exceptions reads all of them, in order, each as it stands.
func (a *app) exceptions() ([]exception, error) {
	lines, err := notesIn[exceptionNote](a, exceptionNotes).all()
	if err != nil {
		return nil, err
	}
	list := []exception{}
	at := map[string]int{}
	for _, line := range lines {
		if line.Exception != nil {
			at[line.Exception.ID] = len(list)
			list = append(list, *line.Exception)
		} else if i, ok := at[line.ID]; ok {
			list[i].Resolved = line.Resolved
		}
	}
	return list, nil
}

// noteExceptions adds the exceptions that are new, and ends those of which the same item
// could be used now. It returns how many are new.
func (a *app) noteExceptions(found []exception, used map[string]bool) (int, error) {
	before, err := a.exceptions()
	if err != nil {
		return 0, err
	}
	known := map[string]bool{}
	var lines []exceptionNote
	now := calendar.FromTime(time.Now())
	for i := range before {
		known[before[i].ID] = true
		if before[i].Resolved == nil && used[before[i].ID] {
			lines = append(lines, exceptionNote{ID: before[i].ID, Resolved: &resolution{now, a.as, "used when it was read again"}})
		}
	}
	fresh := 0
	for i := range found {
		if !known[found[i].ID] {
			known[found[i].ID] = true
			found[i].At = now
			lines = append(lines, exceptionNote{Exception: &found[i]})
			fresh++
		}
	}
	return fresh, notesIn[exceptionNote](a, exceptionNotes).add(lines...)
}

func (a *app) clearingExceptions() *cobra.Command {
	return group("exceptions", "What banks wrote that nothing was done with: a person decides", a.exceptionList(), a.exceptionResolve())
}

func (a *app) exceptionList() *cobra.Command {
	var all bool
	var bank string
	return a.command(spec{
		use: "list", short: "List what banks wrote and a person has to look at",
		long:    "They are kept in clearing-exceptions.jsonl in the directory of --home.",
		example: "  scf clearing exceptions list\n  scf clearing exceptions list --bank bank1 --all",
		flags: func(f *pflag.FlagSet) {
			f.BoolVar(&all, "all", false, "also those that were resolved")
			f.StringVar(&bank, "bank", "", "only those of this bank's messages")
		},
		run: func(_ context.Context, _ []string) error {
			id, err := a.optionalMember(bank)
			if err != nil {
				return err
			}
			list, err := a.exceptions()
			if err != nil {
				return err
			}
			list = slices.DeleteFunc(list, func(e exception) bool { return !all && e.Resolved != nil || id != "" && e.Bank != id })
			return a.print(list, func(w io.Writer) { writeExceptions(w, list) })
		},
	})
}

func writeExceptions(w io.Writer, list []exception) {
	t := columns("EXCEPTION", "FILE", ">LINE", "LEG", ">AMOUNT", "WHAT", "WHY", "")
	for _, e := range list {
		resolved := ""
		if e.Resolved != nil {
			resolved = fmt.Sprintf("resolved %s by %s: %s", e.Resolved.At, e.Resolved.By, e.Resolved.Note)
		}
		t.add(e.ID, e.File, fmt.Sprint(e.Line), e.Leg, amountSaid(e.Amount), string(e.Fault), e.Why, resolved)
	}
	t.write(w, "no exceptions")
}

func (a *app) exceptionResolve() *cobra.Command {
	var note string
	return a.command(spec{
		use: "resolve EXCEPTION", short: "Note what was done about an exception",
		long:    "Nothing is told to the ledger: that is done with the command for it, such as scf\nbank advise, scf bank not-paid or scf clearing replace.",
		example: `  scf clearing exceptions resolve 5be01f... --note "credited by hand, see ticket 812" --as bank1/maker`,
		args:    cobra.ExactArgs(1), needs: []string{"note"},
		flags: func(f *pflag.FlagSet) { f.StringVar(&note, "note", "", "what was done") },
		run: func(_ context.Context, args []string) error {
			list, err := a.exceptions()
			if err != nil {
				return err
			}
			i := slices.IndexFunc(list, func(e exception) bool { return e.ID == args[0] })
			if i < 0 {
				return code.NotFound.New("exception %.40q", args[0])
			}
			if list[i].Resolved != nil {
				return code.AlreadyExists.New("exception %s was resolved at %s", list[i].ID, list[i].Resolved.At)
			}
			done := resolution{calendar.FromTime(time.Now()), a.as, note}
			if err := notesIn[exceptionNote](a, exceptionNotes).add(exceptionNote{ID: list[i].ID, Resolved: &done}); err != nil {
				return err
			}
			list[i].Resolved = &done
			return a.print(list[i], func(w io.Writer) { fmt.Fprintf(w, "resolved exception %s\n", list[i].ID) })
		},
	})
}
