package command

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/network/banksim"
	"github.com/tierledger/tierledger/network/devnet"
	"github.com/tierledger/tierledger/node/reconcile"
)

// bankNotes is what the simulated banks of a devnet were given: played again from the
// beginning, they have the same accounts and references.
const bankNotes = "simulated-banks.jsonl"

// bankNote is one payment file that the simulated banks carried out.
type bankNote struct {
	At       calendar.Instant         `json:"at"`
	Seed     uint64                   `json:"seed"`
	Permille map[banksim.Fault]int    `json:"permille,omitempty"` // of the faults; the first note's hold
	Single   map[string]banksim.Fault `json:"single,omitempty"`   // faults by end-to-end identification
	File     []byte                   `json:"file"`               // the pain.001
}

// bankAnswer is what the simulated banks wrote.
type bankAnswer struct {
	Bank string `json:"bank"`
	Kind string `json:"kind"`
	File string `json:"file"`
}

func (a *app) networkPay() *cobra.Command {
	var out, faults string
	var seed uint64
	var statements []string
	return a.command(spec{
		use: "pay FILE...", short: "Have simulated banks carry out payment files (pain.001) of a devnet, and write what they answer",
		long: `Writes status reports (pain.002), notifications (camt.054) and, with --statement, the
statements of a day (camt.053), to a directory for each bank under --out. The
banks' clock is the ledger's. What they were given before is kept in
simulated-banks.jsonl in --home: accounts and references go on from there. A file
that comes again is refused as banks do.

With --faults they make mistakes: fault=N in so many of a thousand payments, or
LEG=fault in one. Faults are late, partial, duplicate, returned, rejected,
wrong-account, unknown, excess, and reordered for whole files. Shares are chosen
with the first file of a devnet.`,
		example: "  scf network pay pay.xml --out answers\n  scf network pay pay.xml --out answers --faults returned=20,late=50 --seed 7\n" +
			"  scf network pay pay.xml --out answers --faults q7dk3vsxk2mq5be0=returned\n  scf network pay --statement 2027-03-31 --out answers",
		args: cobra.ArbitraryArgs, needs: []string{"out"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&out, "out", "", "directory to write the answers to")
			f.StringVar(&faults, "faults", "", "what the banks do wrong: fault=permille or LEG=fault, with commas")
			f.Uint64Var(&seed, "seed", 1, "of which payments it happens to")
			f.StringArrayVar(&statements, "statement", nil, "day of which statements are written, or today; repeat")
		},
		run: func(ctx context.Context, args []string) error {
			if len(args)+len(statements) == 0 {
				return code.BadArgument.New("name payment files, or a day with --statement")
			}
			net, err := a.network()
			if err != nil {
				return err
			}
			if net == nil {
				return code.DevnetOnly.New("%s holds no devnet: real banks pay elsewhere", a.home)
			}
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			now, err := s.lastBlock(ctx)
			if err != nil {
				return err
			}
			play, err := a.playBanks(faults, seed, now)
			if err != nil {
				return err
			}
			files, err := play.pay(args, statements)
			if err != nil {
				return err
			}
			return a.writeBankFiles(net, files, out)
		},
	})
}

// banksPlay are the simulated banks of a devnet.
type banksPlay struct {
	bank   *banksim.Simulator
	clock  calendar.Instant
	now    calendar.Instant
	config bankNote // of this command
	notes  notes[bankNote]
}

// playBanks starts the simulated banks and gives them all that they were given before.
func (a *app) playBanks(faults string, seed uint64, now calendar.Instant) (*banksPlay, error) {
	p := &banksPlay{now: now, notes: notesIn[bankNote](a, bankNotes)}
	before, err := p.notes.all()
	if err != nil {
		return nil, err
	}
	if p.config, err = readFaults(faults); err != nil {
		return nil, err
	}
	p.config.Seed = seed
	if len(before) > 0 {
		first := before[0]
		if len(p.config.Permille) > 0 && !maps.Equal(p.config.Permille, first.Permille) {
			return nil, code.BadArgument.New("the banks of this devnet began %s, and go on so", saidFaults(first.Permille))
		}
		p.config.Seed, p.config.Permille = first.Seed, first.Permille
	}
	single := map[string]banksim.Fault{}
	for i := range before {
		maps.Copy(single, before[i].Single)
	}
	maps.Copy(single, p.config.Single)
	p.bank, err = banksim.New(banksim.Config{
		Seed: p.config.Seed, Faults: banksim.Faults{Permille: p.config.Permille, Transactions: single},
		Now: func() calendar.Instant { return p.clock },
	})
	if err != nil {
		return nil, err
	}
	for i := range before {
		p.clock = before[i].At
		if _, err := p.carryOut(before[i].File); err != nil {
			return nil, err
		}
	}
	p.clock = now
	return p, nil
}

// readFaults reads what simulated banks do wrong: fault=permille and LEG=fault.
func readFaults(text string) (note bankNote, err error) {
	var shares []string
	note.Single = map[string]banksim.Fault{}
	for part := range strings.SplitSeq(text, ",") {
		id, fault, ok := strings.Cut(strings.TrimSpace(part), "=")
		if ok && reconcile.LegID(id) {
			note.Single[id] = banksim.Fault(fault)
		} else if part != "" {
			shares = append(shares, part)
		}
	}
	faults, err := parseFaults(strings.Join(shares, ","))
	note.Permille = faults.Permille
	return note, err
}

// carryOut gives the banks a payment file and lets time pass until nothing is to come.
func (p *banksPlay) carryOut(text []byte) ([]banksim.File, error) {
	files, err := p.bank.Pay(bytes.NewReader(text))
	for err == nil {
		var more []banksim.File
		if more, err = p.bank.Next(); len(more) == 0 {
			break
		}
		files = append(files, more...)
	}
	return files, err
}

// pay carries out payment files and gives the answers, and then the statements.
func (p *banksPlay) pay(paths, statements []string) ([]banksim.File, error) {
	var files []banksim.File
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read the payments: %w", err)
		}
		answers, err := p.carryOut(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		note := p.config
		note.At, note.File = p.now, text
		if err := p.notes.add(note); err != nil {
			return nil, err
		}
		files = append(files, answers...)
	}
	for _, text := range statements {
		day := p.now.Date()
		if text != "today" {
			var err error
			if day, err = calendar.ParseDate(text); err != nil {
				return nil, err
			}
		}
		written, err := p.bank.Statement(day)
		if err != nil {
			return nil, err
		}
		for i := range written {
			written[i].Name = day.Compact() + "-" + written[i].Name
		}
		files = append(files, written...)
	}
	return files, nil
}

// writeBankFiles writes the banks' files, each to its bank's directory.
func (a *app) writeBankFiles(net *devnet.Devnet, files []banksim.File, out string) error {
	alias := map[string]string{}
	for _, m := range net.Members() {
		alias[m.ID] = m.Alias
	}
	list := []bankAnswer{}
	for _, f := range files {
		dir := alias[f.Bank]
		if dir == "" {
			dir = f.Bank
		}
		if err := os.MkdirAll(filepath.Join(out, dir), 0o700); err != nil {
			return fmt.Errorf("write the answers: %w", err)
		}
		path := filepath.Join(out, dir, f.Name)
		if err := writeNew(path, f.Bytes); err != nil {
			return err
		}
		list = append(list, bankAnswer{dir, string(f.Kind), path})
	}
	return a.print(list, func(w io.Writer) {
		t := columns("BANK", "KIND", "FILE")
		for _, f := range list {
			t.add(f.Bank, f.Kind, f.File)
		}
		t.write(w, "nothing was bankAnswer")
	})
}

// saidFaults says of which faults banks have how many in a thousand payments.
func saidFaults(permille map[banksim.Fault]int) string {
	if len(permille) == 0 {
		return "without faults"
	}
	var parts []string
	for _, fault := range slices.Sorted(maps.Keys(permille)) {
		parts = append(parts, fmt.Sprintf("%s=%d", fault, permille[fault]))
	}
	return "with the faults " + strings.Join(parts, ",")
}
