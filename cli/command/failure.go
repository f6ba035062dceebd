package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/crypto/keystore"
	"github.com/tierledger/tierledger/node/client"
)

// Exit codes of the process.
const (
	exitDone        = 0
	exitRefused     = 1
	exitUsage       = 2
	exitUnreachable = 3
	exitDisagree    = 4
	exitFault       = 5
	exitInterrupted = 130
)

const exitCodes = `Exit codes: 0 done; 1 refused, with a stable code; 2 wrong usage; 3 the node does
not answer or no outcome was seen in time; 4 nodes disagree or a check found a
fault; 5 another fault; 130 interrupted.`

// disagreement is what ends with exitDisagree.
type disagreement struct{ what string }

func (d *disagreement) Error() string { return d.what }

// failure is what is shown of an error.
type failure struct {
	Code    string `json:"code,omitempty"` // stable, of chaincode/code
	Message string `json:"message"`
	Rule    string `json:"rule,omitempty"`
	Detail  string `json:"detail,omitempty"`
	Next    string `json:"next,omitempty"`
	// Transaction is the id of what was signed and sent.
	Transaction string `json:"transaction,omitempty"`
	Exit        int    `json:"exit"`
}

// fail shows why a command ended and returns the process's exit code.
func (a *app) fail(ctx context.Context, called *cobra.Command, err error) int {
	f := a.explain(ctx, called, err)
	var s *sent
	if errors.As(err, &s) {
		f.Transaction = s.id.String()
	}
	if a.json {
		text, err := json.Marshal(f)
		if err != nil {
			panic(fmt.Sprintf("encode failure %v: %v", f, err)) // strings and a number always encode
		}
		fmt.Fprintf(a.Err, "%s\n", text)
		return f.Exit
	}
	var b strings.Builder
	b.WriteString("scf: ")
	if f.Code != "" {
		b.WriteString(f.Code)
		if f.Rule != "" {
			fmt.Fprintf(&b, " [%s]", f.Rule)
		}
		b.WriteString(": ")
	}
	b.WriteString(f.Message + "\n")
	if f.Detail != "" {
		fmt.Fprintf(&b, "     %s\n", f.Detail)
	}
	if f.Transaction != "" {
		fmt.Fprintf(&b, "     transaction %s\n", f.Transaction)
	}
	if f.Next != "" {
		next := "Next: "
		if a.language == "zh" {
			next = "下一步："
		}
		fmt.Fprintf(&b, "     %s%s\n", next, f.Next)
	}
	fmt.Fprint(a.Err, b.String())
	return f.Exit
}

// explain finds what to say about an error. A refusal has a code; everything
// else is told as it is.
func (a *app) explain(ctx context.Context, called *cobra.Command, err error) failure {
	if ctx.Err() != nil && (errors.Is(err, context.Canceled) || code.TimedOut.Is(err) || code.Unreachable.Is(err)) {
		return failure{Message: "interrupted", Exit: exitInterrupted}
	}
	if refusal := code.Of(local(err)); refusal != nil {
		entry := refusal.Code.Entry()
		f := failure{Code: entry.Name, Message: entry.English, Rule: refusal.Rule, Detail: refusal.Detail, Next: entry.Next}
		if p := (*client.Problem)(nil); f.Detail == "" && errors.As(err, &p) && len(p.Fields) > 0 {
			f.Detail = p.Fields[0].At + ": " + p.Fields[0].Message
		}
		if a.language == "zh" {
			f.Message, f.Next = entry.Chinese, entry.NextZH
		}
		if refusal.Code == code.ApprovalRequired && a.language != "zh" && called.Flags().Lookup("propose") != nil {
			f.Next = "Repeat the command with --propose; a checker approves with scf approval approve."
		}
		if f.Exit = exitOf(refusal.Code); !a.running {
			f.Exit = exitUsage
		}
		return f
	}
	var apart *disagreement
	switch {
	case errors.As(err, &apart):
		return failure{Message: err.Error(), Exit: exitDisagree}
	case !a.running:
		return failure{Message: err.Error(), Next: called.CommandPath() + " --help", Exit: exitUsage}
	default:
		return failure{Message: err.Error(), Exit: exitFault}
	}
}

// local gives codes to errors of this machine that have one.
func local(err error) error {
	switch {
	case code.Of(err) != nil:
		return err
	case errors.Is(err, keystore.ErrPassphrase):
		return code.WrongPassphrase.New("")
	case errors.Is(err, keystore.ErrNotFound):
		return code.UnknownCredential.New("%v", err)
	case errors.Is(err, context.DeadlineExceeded):
		return code.TimedOut.New("")
	default:
		return err
	}
}

func exitOf(c code.Code) int {
	switch c {
	case code.Unreachable, code.TimedOut, code.NodeStopping, code.NodeCatchingUp, code.MempoolFull:
		return exitUnreachable
	case code.Internal, code.ContractFault:
		return exitFault
	default:
		return exitRefused
	}
}
