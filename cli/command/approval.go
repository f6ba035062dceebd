package command

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/approval"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/client"
)

func (a *app) approvalCommand() *cobra.Command {
	return group("approval", "Operations that wait for a second person, another institution or the banks",
		a.approvalList(), a.approvalShow(), a.approvalApprove(), a.approvalRefuse(), a.approvalWithdraw(), a.approvalPropose())
}

func (a *app) approvalList() *cobra.Command {
	var member string
	var everything bool
	return a.command(spec{
		use: "list", short: "List what waits for your member",
		long:    "Lists the proposals to approve; with --all also certificates and transfers to\naccept and requests to answer.",
		example: "  scf approval list --as core/checker\n  scf approval list --all --as supplier1/maker",
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&member, "member", "", "whose worklist (default: your own)")
			f.BoolVar(&everything, "all", false, "also what is to be accepted or answered")
		},
		run: func(ctx context.Context, _ []string) error {
			id, err := a.optionalMember(member)
			if err != nil {
				return err
			}
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			list := []client.Work{}
			for w, err := range s.Worklist(ctx, id) {
				if err != nil {
					return err
				}
				if everything || w.Kind == record.ProposalMade {
					list = append(list, w)
				}
			}
			return a.print(list, func(w io.Writer) {
				t := columns("WHAT", "ID", ">AMOUNT", "UNTIL")
				for _, item := range list {
					until := ""
					if !item.Until.IsZero() {
						until = item.Until.String()
					}
					t.add(item.Kind.String(), item.Subject, item.Amount.Human(), until)
				}
				t.write(w, "nothing waits")
			})
		},
	})
}

func (a *app) approvalShow() *cobra.Command {
	return a.command(spec{
		use: "show PROPOSAL", short: "Show a proposal with what exactly it would do",
		example: `  scf approval show 2c44... --as core/checker`, args: cobra.ExactArgs(1),
		run: func(ctx context.Context, args []string) error {
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			p, err := s.Proposal(ctx, args[0])
			if err != nil {
				return err
			}
			names := s.names(ctx)
			return a.print(p, func(w io.Writer) { writeProposal(w, p, names) })
		},
	})
}

func writeProposal(w io.Writer, p *client.Proposal, names func(string) string) {
	var approved []string
	for _, by := range p.Approvals {
		approved = append(approved, names(by.Member)+" "+by.Person)
	}
	fields(w, "proposal", p.ID, "state", p.State.String(), "refusal", p.Refusal, "function", p.Function,
		"amount", yuan(p.Amount), "proposed by", names(p.Member)+" "+p.Maker.Person, "needs", approvers(p.Quorum),
		"approved by", strings.Join(approved, ", "), "expires", p.Expires.String(), "manifest", p.Manifest.String())
	if p.Argument == "" {
		return
	}
	text := jsontext.Value(p.Argument)
	if err := text.Indent(jsontext.WithIndent("  ")); err != nil {
		text = jsontext.Value(p.Argument) // shown as it came
	}
	fmt.Fprintf(w, "\n%s\n", text)
}

func (a *app) approvalApprove() *cobra.Command {
	return a.command(spec{
		use: "approve PROPOSAL", short: "Approve a proposal and, with the last approval needed, run it",
		example: `  scf approval approve 2c44... --as core/checker`, args: cobra.ExactArgs(1),
		run: func(ctx context.Context, args []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			return s.approve(ctx, args[0])
		},
	})
}

func (a *app) approvalRefuse() *cobra.Command {
	var reason string
	return a.command(spec{
		use: "refuse PROPOSAL", short: "Refuse a proposal and release what it holds",
		example: `  scf approval refuse 2c44... --reason "amount differs from the order" --as core/checker`,
		args:    cobra.ExactArgs(1), needs: []string{"reason"},
		flags: func(f *pflag.FlagSet) { f.StringVar(&reason, "reason", "", "why, for the maker") },
		run: func(ctx context.Context, args []string) error {
			return a.act(ctx, "approval:Refuse", approval.RefuseArgument{ID: args[0], Reason: reason}, nil,
				func() string { return "refused " + args[0] })
		},
	})
}

func (a *app) approvalWithdraw() *cobra.Command {
	return a.command(spec{
		use: "withdraw PROPOSAL", short: "Take a proposal of your own member back",
		example: `  scf approval withdraw 2c44... --as core/maker`, args: cobra.ExactArgs(1),
		run: func(ctx context.Context, args []string) error {
			return a.act(ctx, "approval:Withdraw", approval.ProposalArgument{ID: args[0]}, nil,
				func() string { return "withdrew " + args[0] })
		},
	})
}

const argumentHelp = "The argument is the function's JSON argument: the text itself, @FILE, or - for\nstandard input. GET /v1/functions of a node describes every function."

func (a *app) approvalPropose() *cobra.Command {
	return a.command(spec{
		use: "propose FUNCTION ARGUMENT", short: "Propose any contract function",
		long: argumentHelp, example: `  scf approval propose certificate:Withdraw '{"certificate":"9133...14"}' --as core/maker`,
		args: cobra.ExactArgs(2), complete: completeFunctions,
		run: func(ctx context.Context, args []string) error {
			text, err := a.argument(args[1])
			if err != nil {
				return err
			}
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			return s.propose(ctx, args[0], text)
		},
	})
}

// argument reads the JSON argument of a function.
func (a *app) argument(text string) (jsontext.Value, error) {
	data, err := a.input(text)
	if err != nil {
		return nil, err
	}
	if value := jsontext.Value(data); value.IsValid() {
		return value, nil
	}
	return nil, code.BadArgument.New("the argument is not JSON")
}
