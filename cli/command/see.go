package command

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/client"
)

func (a *app) certificateShow() *cobra.Command {
	return a.command(spec{
		use: "show NUMBER", short: "Show a certificate with its holdings", example: `  scf certificate show 9133...14`, args: cobra.ExactArgs(1),
		run: func(ctx context.Context, args []string) error {
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			c, err := s.Certificate(ctx, args[0])
			if err != nil {
				return err
			}
			names := s.names(ctx)
			return a.print(c, func(w io.Writer) { writeCertificate(w, c, names) })
		},
	})
}

func writeCertificate(w io.Writer, c *client.Certificate, names func(string) string) {
	acceptBy := ""
	if c.State == record.Issued && !c.AcceptBy.IsZero() {
		acceptBy = c.AcceptBy.String()
	}
	line := c.Line
	if line != "" {
		line = names(c.Bank) + " " + line
	}
	fields(w, "certificate", c.Number, "state", c.State.String(), "flags", strings.Join(c.Flags, ", "),
		"debtor", names(c.Debtor), "first holder", names(c.FirstHolder), "face", yuan(c.Face),
		"issued", c.IssueDate.String(), "maturity", c.Maturity.String(), "payable on", c.Payment.String(),
		"accept until", acceptBy, "reference", c.Reference, "contract", c.Contract, "credit line", line)
	holdings := slices.Clone(c.Holdings)
	sortHoldings(holdings)
	t := columns("HOLDING", "OWNER", ">AMOUNT", ">TIER", "FEN", "LOCKS")
	for _, h := range holdings {
		t.add(strconv.Itoa(int(h.ID)), names(h.Owner), h.Amount().Human(), strconv.Itoa(int(h.MaxTier())), h.Interval.String(), locksSaid(&h))
	}
	fmt.Fprintln(w)
	t.write(w, "no holdings")
}

func locksSaid(h *record.Holding) string {
	texts := make([]string, len(h.Locks))
	for i, l := range h.Locks {
		texts[i] = fmt.Sprintf("%s %s", l.Kind, l.Interval.Amount().Human())
	}
	if !h.Redeemed.IsZero() {
		texts = append(texts, "paid "+h.Redeemed.String())
	}
	return strings.Join(texts, ", ")
}

func (a *app) certificateTree() *cobra.Command {
	return a.command(spec{
		use: "tree NUMBER", short: "Draw who got and who holds which fen", example: `  scf certificate tree 9133...14`, args: cobra.ExactArgs(1),
		run: func(ctx context.Context, args []string) error {
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			t, err := s.Tree(ctx, args[0])
			if err != nil {
				return err
			}
			if a.json {
				return a.print(t, nil)
			}
			return a.showTree(t)
		},
	})
}

func (a *app) certificateHistory() *cobra.Command {
	return a.command(spec{
		use: "history NUMBER", short: "List what happened to a certificate", example: `  scf certificate history 9133...14`, args: cobra.ExactArgs(1),
		run: func(ctx context.Context, args []string) error {
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			list, err := client.All(s.History(ctx, args[0]))
			if err != nil {
				return err
			}
			names := s.names(ctx)
			return a.print(list, func(w io.Writer) {
				t := columns("TIME", ">HEIGHT", "WHO", "FUNCTION", "TRANSACTION")
				for _, o := range list {
					t.add(o.Time.String(), strconv.FormatInt(o.Height, 10), names(o.Member), o.Function, o.TxID.String())
				}
				t.write(w, "nothing happened")
			})
		},
	})
}

func (a *app) certificateLineage() *cobra.Command {
	var fen int64
	return a.command(spec{
		use: "lineage NUMBER", short: "List how the fen of a certificate moved, or one fen of it",
		example: `  scf certificate lineage 9133...14 --fen 1`, args: cobra.ExactArgs(1),
		flags: func(f *pflag.FlagSet) { f.Int64Var(&fen, "fen", 0, "only this fen, counted from 1") },
		run: func(ctx context.Context, args []string) error {
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			if fen < 0 {
				return interval.Of(money.Fen(fen), money.Fen(fen)).Valid(money.MaxFen)
			}
			list, err := client.All(s.Lineage(ctx, args[0], money.Fen(fen)))
			if err != nil {
				return err
			}
			slices.SortStableFunc(list, func(x, y client.Passage) int { return cmp.Compare(x.Height, y.Height) })
			names := s.names(ctx)
			return a.print(list, func(w io.Writer) {
				t := columns("TIME", "KIND", "FROM", "TO", ">AMOUNT", "FEN", ">TIER")
				for _, p := range list {
					t.add(p.Time.String(), p.Kind.String(), names(p.From), names(p.To), p.Interval.Amount().Human(),
						p.Interval.String(), strconv.Itoa(int(p.Tier)))
				}
				t.write(w, "no moves")
			})
		},
	})
}

func (a *app) certificateList() *cobra.Command {
	var debtor string
	return a.command(spec{
		use: "list", short: "List a debtor's certificates by payment date", example: `  scf certificate list --debtor core`,
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&debtor, "debtor", "", "whose (default: your own; all for those who see all)")
		},
		run: func(ctx context.Context, _ []string) error {
			id, err := a.optionalMember(debtor)
			if err != nil {
				return err
			}
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			list, err := client.All(s.Certificates(ctx, id))
			if err != nil {
				return err
			}
			names := s.names(ctx)
			return a.print(list, func(w io.Writer) {
				t := columns("CERTIFICATE", "DEBTOR", "FIRST HOLDER", ">FACE", "PAYABLE", "STATE", "REFERENCE")
				for _, c := range list {
					t.add(c.Number, names(c.Debtor), names(c.FirstHolder), c.Face.Human(), c.Payment.String(), c.State.String(), c.Reference)
				}
				t.write(w, "no certificates")
			})
		},
	})
}

func (a *app) optionalMember(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	return a.member(text)
}

// holdingRow is a row of the list of holdings in JSON: its locks by name.
type holdingRow struct {
	record.HoldingRow
	Amount money.Fen         `json:"amount"`
	Locks  []record.LockKind `json:"locks"`
}

func holdingRowOf(r record.HoldingRow) holdingRow {
	row := holdingRow{HoldingRow: r, Amount: r.Interval.Amount(), Locks: []record.LockKind{}}
	for k := record.LockProposal; k.String() != ""; k++ {
		if r.Locks&(1<<k) != 0 {
			row.Locks = append(row.Locks, k)
		}
	}
	return row
}

func (a *app) holdingCommand() *cobra.Command {
	var owner, debtor, certificate string
	var tier uint16
	var from, to dateFlag
	var state record.CertificateState
	list := a.command(spec{
		use: "list", short: "List holdings by payment date",
		example: `  scf holding list --as supplier2/maker
  scf holding list --debtor core --from 2026-12-01 --until 2026-12-31`,
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&owner, "owner", "", "whose (default: your own, unless another flag selects)")
			f.StringVar(&debtor, "debtor", "", "owed by")
			f.StringVar(&certificate, "certificate", "", "of this certificate")
			f.Uint16Var(&tier, "tier", 0, "of this tier")
			f.Var(&textFlag{kind: "state", read: state.UnmarshalText}, "state", "of the certificate: issued, active, ...")
			f.Var(&from, "from", "first payment date")
			f.Var(&to, "until", "last payment date")
		},
		run: func(ctx context.Context, _ []string) error {
			filter := client.HoldingFilter{Certificate: certificate, Tier: tier, State: state, PaymentFrom: from.Date, PaymentTo: to.Date}
			var err error
			if filter.Owner, err = a.optionalMember(owner); err != nil {
				return err
			}
			if filter.Debtor, err = a.optionalMember(debtor); err != nil {
				return err
			}
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			return s.listHoldings(ctx, filter)
		},
	})
	return group("holding", "Who holds what", list, a.holdingPaper())
}

func (s *session) listHoldings(ctx context.Context, filter client.HoldingFilter) error {
	if filter.Owner == "" && filter.Debtor == "" && filter.Certificate == "" && s.app.as != "" {
		var err error
		if filter.Owner, err = s.self(ctx); err != nil {
			return err
		}
	}
	rows := []holdingRow{}
	for r, err := range s.Holdings(ctx, filter) {
		if err != nil {
			return err
		}
		if !r.Gone {
			rows = append(rows, holdingRowOf(r))
		}
	}
	names := s.names(ctx)
	return s.app.print(rows, func(w io.Writer) {
		t := columns("CERTIFICATE", ">HOLDING", "OWNER", "DEBTOR", ">AMOUNT", ">TIER", "PAYABLE", "STATE", "LOCKS")
		for _, r := range rows {
			var locks []string
			for _, k := range r.Locks {
				locks = append(locks, k.String())
			}
			if r.Redeemed {
				locks = append(locks, "paid")
			}
			t.add(r.Certificate, strconv.Itoa(int(r.ID)), names(r.Owner), names(r.Debtor), r.Amount.Human(),
				strconv.Itoa(int(r.Tier)), r.Payment.String(), r.State.String(), strings.Join(locks, ","))
		}
		t.write(w, "no holdings")
	})
}
