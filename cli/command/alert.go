package command

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/alert"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/report"
	"github.com/tierledger/tierledger/node/client"
)

func (a *app) alertCommand() *cobra.Command {
	explain := a.alertAnswer("explain", record.AlertExplained, "Say why an alert is ordinary; anybody's maker signs",
		`  scf alert explain 3f9a0c21 --reason "our own subsidiary" --as supplier1/maker`)
	closing := a.alertAnswer("close", record.AlertClosed, "Close an alert that was looked into; the maker of a bank, operator or auditor signs",
		`  scf alert close 3f9a0c21 --reason "the contract was seen" --as bank2/maker`)
	return group("alert", "What the ledger's own facts say should be looked at",
		slices.Concat([]*cobra.Command{a.alertList()}, a.proposing(explain, closing))...)
}

func (a *app) alertList() *cobra.Command {
	var filter client.AlertFilter
	var member string
	var from, until dateFlag
	return a.command(spec{
		use: "list", short: "List alerts with what was said to them, oldest first",
		example: "  scf alert list --state open\n  scf alert list --rule CIRCULAR --from 2026-11-01\n  scf alert list --as supplier1/maker",
		flags: func(f *pflag.FlagSet) {
			f.Var(ruleFlag(&filter.Rule), "rule", "only of this rule: "+strings.Join(report.AlertRules(), ", "))
			states := choice("state", &filter.State)
			f.Var(states, "state", "only these: "+states.of())
			f.StringVar(&member, "member", "", "about whom (default: you; all for those who see all)")
			f.Var(&from, "from", "first day on which they were raised")
			f.Var(&until, "until", "last day")
		},
		run: func(ctx context.Context, _ []string) error {
			var err error
			if filter.Member, err = a.optionalMember(member); err != nil {
				return err
			}
			filter.From, filter.To = from.Date, until.Date
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			list, err := client.All(s.Alerts(ctx, filter))
			if err != nil {
				return err
			}
			names := s.names(ctx)
			return a.print(list, func(w io.Writer) { writeAlerts(w, list, names) })
		},
	})
}

// ruleFlag is a flag for the id of a rule of alerts.
func ruleFlag(into *string) *textFlag {
	return &textFlag{kind: "rule", words: report.AlertRules(), read: func(text []byte) error {
		if !slices.Contains(report.AlertRules(), string(text)) {
			return code.BadArgument.New("%.40q is no rule of alerts", text)
		}
		*into = string(text)
		return nil
	}}
}

// shownDigits are the digits of an alert's id that a list shows; they suffice to name
// it as long as no other begins so.
const shownDigits = 12

func writeAlerts(w io.Writer, list []client.Alert, names func(string) string) {
	t := columns("ALERT", "SINCE", "RULE", "ABOUT", "SUBJECT", "FACTS", "STATE")
	for i := range list {
		a := &list[i]
		about := nameAll(a.Members, names)
		if len(a.Others) > 0 {
			about += " (" + nameAll(a.Others, names) + ")"
		}
		subject := a.Subject
		if slices.Contains(a.Members, subject) {
			subject = ""
		}
		facts := make([]string, len(a.Facts))
		for i, f := range a.Facts {
			facts[i] = f.Key + " " + f.Value
		}
		state := a.State.String()
		if n := len(a.Answers); n > 0 {
			last := a.Answers[n-1]
			state += fmt.Sprintf(" by %s: %s", names(last.Signed.Member), last.Reason)
		}
		t.add(a.ID.String()[:shownDigits], a.Since.String(), a.Rule, about, subject, strings.Join(facts, ", "), state)
	}
	t.write(w, "no alerts")
}

// alertAnswer makes a command that answers an alert.
func (a *app) alertAnswer(use string, state record.AlertState, short, example string) *cobra.Command {
	var reason string
	return a.command(spec{
		use: use + " ALERT", short: short, long: "ALERT is the alert's id, or how it begins where no other does.",
		example: example, args: cobra.ExactArgs(1), needs: []string{"reason"},
		flags: func(f *pflag.FlagSet) { f.StringVar(&reason, "reason", "", "why, for the record") },
		run: func(ctx context.Context, args []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			id, err := s.alert(ctx, args[0])
			if err != nil {
				return err
			}
			var done alert.AnswerResult
			in := alert.AnswerArgument{Alert: id, State: state, Reason: reason}
			return s.act(ctx, "alert:Answer", in, &done, func() string {
				return fmt.Sprintf("alert %s: %s, answer %d", done.Alert.String()[:shownDigits], done.State, done.Number)
			})
		},
	})
}

// alert finds the id of an alert that the signer sees by how it begins.
func (s *session) alert(ctx context.Context, text string) (record.Digest, error) {
	var found record.Digest
	for one, err := range s.Alerts(ctx, client.AlertFilter{}) {
		switch {
		case err != nil:
			return found, err
		case !strings.HasPrefix(one.ID.String(), text):
		case !found.IsZero():
			return found, code.BadArgument.New("several alerts begin with %.80q", text)
		default:
			found = one.ID
		}
	}
	if found.IsZero() {
		return found, code.NotFound.New("an alert that begins with %.80q", text)
	}
	return found, nil
}
