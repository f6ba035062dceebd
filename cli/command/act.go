package command

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"

	"github.com/tierledger/tierledger/chaincode"
	"github.com/tierledger/tierledger/chaincode/approval"
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/client"
)

// acted is what a command that signed something prints with --json.
type acted struct {
	Transaction record.Digest    `json:"transaction"`
	Function    string           `json:"function"`
	Height      int64            `json:"height"`
	Time        calendar.Instant `json:"time"`
	Result      jsontext.Value   `json:"result,omitzero"`
}

// proposing adds the flag with which an operation is proposed instead of run.
func (a *app) proposing(commands ...*cobra.Command) []*cobra.Command {
	for _, c := range commands {
		c.Flags().BoolVar(&a.propose, "propose", false, "propose it; a checker approves with scf approval approve")
	}
	return commands
}

// act signs a contract function and waits until it is final. With --propose, and
// for a function that always needs the approval of others, it proposes it instead.
// said tells a person what was done; it is called after result was read.
func (a *app) act(ctx context.Context, function string, argument, result any, said func() string) error {
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	return s.act(ctx, function, argument, result, said)
}

func (s *session) act(ctx context.Context, function string, argument, result any, said func() string) error {
	if s.app.propose || alwaysProposed(function) {
		return s.propose(ctx, function, argument)
	}
	outcome, err := s.invoke(ctx, function, argument, result)
	if err != nil {
		return err
	}
	return s.app.printActed(function, outcome, said())
}

func (a *app) printActed(function string, o *client.Outcome, said string) error {
	return a.print(acted{o.TxID, function, o.Height, o.Time, o.Result}, func(w io.Writer) {
		fmt.Fprintln(w, said)
		if !a.quiet {
			fmt.Fprintf(w, "transaction %s, final at height %d\n", o.TxID, o.Height)
		}
	})
}

// alwaysProposed reports whether a function runs only from an approved proposal.
func alwaysProposed(function string) bool {
	for _, f := range chaincode.Functions() {
		if f.Name == function {
			return f.Quorum != 0
		}
	}
	return false
}

// canonical writes an argument as a proposal stores it.
func canonical(function string, argument any) ([]byte, error) {
	text, err := client.Argument(argument)
	if err != nil {
		return nil, err
	}
	stored, _, err := chaincode.Canonical(function, text)
	return stored, err
}

// proposal has the ledger keep an operation until it is approved.
func (s *session) proposal(ctx context.Context, function string, argument any) (approval.ProposeResult, *client.Outcome, error) {
	var made approval.ProposeResult
	stored, err := canonical(function, argument)
	if err != nil {
		return made, nil, err
	}
	outcome, err := s.invoke(ctx, "approval:Propose", approval.ProposeArgument{Function: function, Argument: stored}, &made)
	return made, outcome, err
}

// propose proposes an operation and says how it is approved.
func (s *session) propose(ctx context.Context, function string, argument any) error {
	made, outcome, err := s.proposal(ctx, function, argument)
	if err != nil {
		return err
	}
	return s.app.printActed("approval:Propose", outcome, fmt.Sprintf(
		"proposed %s as %s\nto be approved by %s until %s:\n  scf approval approve %s --as %s",
		function, made.ID, approvers(made.Quorum), made.Expires, made.ID, exampleApprover(s.app.as, made.Quorum)))
}

// approvers says in words who has to approve.
func approvers(q record.Quorum) string {
	switch q {
	case record.QuorumChecker:
		return "a checker of the same member"
	case record.QuorumAdmins:
		return "another admin of the member, or its sponsor bank"
	case record.QuorumInstitution:
		return "another institution"
	case record.QuorumCounterparty:
		return "the other party"
	case record.QuorumBanks:
		return "more than two thirds of the validator banks"
	default:
		return "nobody"
	}
}

func exampleApprover(as string, q record.Quorum) string {
	alias, _, found := strings.Cut(as, "/")
	switch {
	case found && q == record.QuorumChecker:
		return alias + "/checker"
	case found && q == record.QuorumAdmins:
		return alias + "/admin2"
	default:
		return "NAME"
	}
}

// approve shows a proposal's content to be true to its manifest and signs it.
func (s *session) approve(ctx context.Context, id string) error {
	p, err := s.Proposal(ctx, id)
	if err != nil {
		return err
	}
	if p.State != record.ProposalOpen {
		return code.ProposalClosed.New("%s is %s", id, p.State)
	}
	// The manifest is made here, from what is shown: a node that shows one thing and
	// names the hash of another is found out.
	_, manifest, err := chaincode.Canonical(p.Function, []byte(p.Argument))
	if err != nil {
		return err
	}
	if manifest != p.Manifest {
		return code.ManifestMismatch.New("the node shows %s and names the manifest %s", manifest, p.Manifest)
	}
	var decided approval.Result
	outcome, err := s.invoke(ctx, "approval:Approve", approval.ApproveArgument{ID: id, Manifest: manifest}, &decided)
	if err != nil {
		return err
	}
	if decided.State == record.ProposalFailed {
		c, _ := code.ByName(decided.Code)
		return &code.Error{Code: c, Rule: decided.Rule, Detail: "approved, and then refused: " + decided.Detail}
	}
	said := fmt.Sprintf("approved %s %s: %s", p.Function, id, decided.State)
	if decided.State == record.ProposalOpen {
		said = fmt.Sprintf("approved %s %s; further approvals are awaited", p.Function, id)
	}
	return s.app.printActed("approval:Approve", outcome, said)
}
