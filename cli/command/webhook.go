package command

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/client"
)

func (a *app) webhookCommand() *cobra.Command {
	return group("webhook", "Have a node post your member's events to your own program",
		a.webhookAdd(), a.webhookConfirm(), a.webhookList(), a.webhookTest(), a.webhookDeliveries(), a.webhookRetry(), a.webhookDelete())
}

// noticeKinds are the names of all kinds of events.
func noticeKinds() []string {
	var names []string
	for k := record.CertificateIssued; k.String() != ""; k++ {
		names = append(names, k.String())
	}
	return names
}

func (a *app) webhookAdd() *cobra.Command {
	var kinds []string
	c := a.command(spec{
		use: "add URL", short: "Register an address to which events are posted; a maker or admin signs", args: cobra.ExactArgs(1),
		long: `Shows the secret that signs the deliveries, this once. Nothing is posted before
another person of your member confirms. The address is public and https; a
development network also takes http and private ones. See docs/notifications.md.`,
		example: "  scf webhook add https://erp.example.com/tierledger --as core/maker\n  scf webhook add https://erp.example.com/tierledger --kind transfer.offered,quote.made --as supplier1/admin1",
		flags: func(f *pflag.FlagSet) {
			f.StringSliceVar(&kinds, "kind", nil, "only events of these kinds, such as transfer.offered (default: all)")
		},
		run: func(ctx context.Context, args []string) error {
			for _, k := range kinds {
				if !slices.Contains(noticeKinds(), k) {
					return code.BadArgument.New("%.40q is no kind of event", k)
				}
			}
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			h, err := s.AddWebhook(ctx, args[0], kinds...)
			if err != nil {
				return err
			}
			return a.print(h, func(w io.Writer) {
				writeWebhook(w, h)
				fmt.Fprintf(w, "Keep the secret: it is not shown again. Another person confirms: scf webhook confirm %s\n", h.ID)
			})
		},
	})
	completeFlag(c, "kind", func(prefix string) []string { return withPrefix(noticeKinds(), prefix) })
	return c
}

func writeWebhook(w io.Writer, h *client.Webhook) {
	confirmed := ""
	if h.ConfirmedBy != nil {
		confirmed = fmt.Sprintf("%s, %s", h.ConfirmedBy.Person, h.ConfirmedAt)
	}
	fields(w, "webhook", h.ID, "url", h.URL, "kinds", kindsSaid(h.Kinds), "state", h.State, "secret", h.Secret,
		"made by", fmt.Sprintf("%s, %s", h.CreatedBy.Person, h.CreatedAt), "confirmed by", confirmed)
}

func kindsSaid(kinds []record.NoticeKind) string {
	if len(kinds) == 0 {
		return "all"
	}
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.String()
	}
	return strings.Join(names, ", ")
}

func (a *app) webhookConfirm() *cobra.Command {
	return a.command(spec{
		use: "confirm WEBHOOK", short: "Put a webhook in force that another person registered", args: cobra.ExactArgs(1),
		example: "  scf webhook confirm ab2c... --as core/checker",
		run: func(ctx context.Context, args []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			h, err := s.ConfirmWebhook(ctx, args[0])
			if err != nil {
				return err
			}
			return a.print(h, func(w io.Writer) { writeWebhook(w, h) })
		},
	})
}

func (a *app) webhookList() *cobra.Command {
	return a.command(spec{
		use: "list", short: "List your member's webhooks", example: "  scf webhook list --as core/maker",
		run: func(ctx context.Context, _ []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			list, err := s.Webhooks(ctx)
			if err != nil {
				return err
			}
			return a.print(list, func(w io.Writer) {
				t := columns("WEBHOOK", "URL", "KINDS", "STATE", "MADE BY")
				for i := range list {
					t.add(list[i].ID, list[i].URL, kindsSaid(list[i].Kinds), list[i].State, list[i].CreatedBy.Person)
				}
				t.write(w, "no webhooks: scf webhook add URL")
			})
		},
	})
}

func (a *app) webhookTest() *cobra.Command {
	return a.command(spec{
		use: "test WEBHOOK", short: "Have the node post a test now", args: cobra.ExactArgs(1),
		long:    `When it arrives, what waits is tried at once. The exit code is 4 when it does not.`,
		example: "  scf webhook test ab2c... --as core/maker",
		run: func(ctx context.Context, args []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			trial, err := s.TestWebhook(ctx, args[0])
			if err != nil {
				return err
			}
			err = a.print(trial, func(w io.Writer) {
				if trial.Delivered {
					fmt.Fprintf(w, "it arrived, HTTP status %d\n", trial.Status)
				}
			})
			if err == nil && !trial.Delivered {
				err = &disagreement{"the test did not arrive: " + trial.Fault}
			}
			return err
		},
	})
}

// deliveryStates are the states of deliveries and messages.
func deliveryStates(into *string) *textFlag {
	f := &textFlag{kind: "state", words: []string{"waiting", "delivered", "dead"}}
	f.read = func(text []byte) error {
		if !slices.Contains(f.words, string(text)) {
			return code.BadArgument.New("%.20q is none of %s", text, f.of())
		}
		*into = string(text)
		return nil
	}
	return f
}

func (a *app) webhookDeliveries() *cobra.Command {
	var state string
	return a.command(spec{
		use: "deliveries WEBHOOK", short: "List the deliveries of a webhook, the latest first", args: cobra.ExactArgs(1),
		long:    `The latest 1,000 are kept. What is dead was given up after twelve attempts.`,
		example: "  scf webhook deliveries ab2c... --as core/maker\n  scf webhook deliveries ab2c... --state dead --as core/maker",
		flags: func(f *pflag.FlagSet) {
			states := deliveryStates(&state)
			f.Var(states, "state", "only these: "+states.of())
		},
		run: func(ctx context.Context, args []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			list, err := client.All(s.WebhookDeliveries(ctx, args[0], state))
			if err != nil {
				return err
			}
			return a.print(list, func(w io.Writer) {
				t := columns(">NUMBER", "KIND", "SUBJECT", "STATE", ">ATTEMPTS", "LAST", "NEXT", "FAULT")
				for i := range list {
					d := &list[i]
					t.add(strconv.FormatUint(d.Number, 10), d.Event.Kind.String(), d.Event.Subject, d.State, strconv.Itoa(d.Attempts), when(d.LastAt), when(d.NextAt), d.Fault)
				}
				t.write(w, "no deliveries")
			})
		},
	})
}

func (a *app) webhookRetry() *cobra.Command {
	return a.command(spec{
		use: "retry WEBHOOK [NUMBER]", short: "Have a dead delivery, or all of them, tried again", args: cobra.RangeArgs(1, 2),
		example: "  scf webhook retry ab2c... 17 --as core/maker\n  scf webhook retry ab2c... --as core/maker",
		run: func(ctx context.Context, args []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			numbers := []uint64{}
			if len(args) > 1 {
				n, err := strconv.ParseUint(args[1], 10, 64)
				if err != nil {
					return code.BadArgument.New("%.20q is no delivery", args[1])
				}
				numbers = append(numbers, n)
			} else {
				dead, err := client.All(s.WebhookDeliveries(ctx, args[0], "dead"))
				if err != nil {
					return err
				}
				for i := range dead {
					numbers = append(numbers, dead[i].Number)
				}
				slices.Sort(numbers)
			}
			list := []client.WebhookDelivery{}
			for _, n := range numbers {
				d, err := s.RetryWebhookDelivery(ctx, args[0], n)
				if err != nil {
					return err
				}
				list = append(list, *d)
			}
			return a.print(list, func(w io.Writer) { fmt.Fprintf(w, "%d to be tried again\n", len(list)) })
		},
	})
}

func (a *app) webhookDelete() *cobra.Command {
	return a.command(spec{
		use: "delete WEBHOOK", short: "Remove a webhook with its deliveries", args: cobra.ExactArgs(1),
		example: "  scf webhook delete ab2c... --as core/maker",
		run: func(ctx context.Context, args []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			if err := s.DeleteWebhook(ctx, args[0]); err != nil {
				return err
			}
			return a.print(map[string]string{"removed": args[0]}, func(w io.Writer) { fmt.Fprintln(w, "removed") })
		},
	})
}
