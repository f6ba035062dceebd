package command

import (
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/node/client"
)

func (a *app) contactCommand() *cobra.Command {
	return group("contact", "How a node tells you of what concerns you", a.contactShow(), a.contactSet())
}

func (a *app) contactShow() *cobra.Command {
	return a.command(spec{
		use: "show", short: "Show your contact at a node", example: "  scf contact show --as supplier1/maker",
		run: func(ctx context.Context, _ []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			c, err := s.Contact(ctx)
			if err != nil {
				return err
			}
			return a.print(c, func(w io.Writer) { writeContact(w, c) })
		},
	})
}

func writeContact(w io.Writer, c *client.Contact) {
	kinds, channels := "all", "none"
	if len(c.Kinds) > 0 {
		kinds = strings.Join(c.Kinds, ", ")
	}
	if len(c.Channels) > 0 {
		channels = strings.Join(c.Channels, ", ")
	}
	fields(w, "e-mail", c.Email, "phone", c.Phone, "wecom", c.WeCom, "language", c.Language, "told of", kinds, "this node sends by", channels)
}

func (a *app) contactSet() *cobra.Command {
	var in client.Contact
	return a.command(spec{
		use: "set", short: "Say how you want to be told, and of what",
		long: `Replaces the contact that you had at the node; without any address it is removed.
What you can be told of: offer, accept, quote, request, approval, maturity, failed,
overdue, lapse, account. On which channels the node sends is shown: e-mail, text
messages and 企业微信, as its bank has set up.`,
		example: "  scf contact set --email cash@supplier1.example --as supplier1/maker\n  scf contact set --email desk@bank2.example --phone +8613800000000 --language en --kind request,failed --as bank2/maker",
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&in.Email, "email", "", "e-mail address")
			f.StringVar(&in.Phone, "phone", "", "phone number for text messages")
			f.StringVar(&in.WeCom, "wecom", "", "user id in 企业微信")
			f.StringVar(&in.Language, "language", "zh", "language of the messages: zh or en")
			f.StringSliceVar(&in.Kinds, "kind", nil, "only these kinds of messages (default: all)")
		},
		run: func(ctx context.Context, _ []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			c, err := s.SetContact(ctx, in)
			if err != nil {
				return err
			}
			return a.print(c, func(w io.Writer) { writeContact(w, c) })
		},
	})
}

func (a *app) messagesCommand() *cobra.Command {
	var state, retry string
	return a.command(spec{
		use: "messages", short: "List the messages that a node sent you, the latest first",
		long:    `The latest 1,000 are kept. With --retry, a dead one is sent again first.`,
		example: "  scf messages --as supplier1/maker\n  scf messages --state dead --as supplier1/maker\n  scf messages --retry 12 --as supplier1/maker",
		flags: func(f *pflag.FlagSet) {
			states := deliveryStates(&state)
			f.Var(states, "state", "only these: "+states.of())
			f.StringVar(&retry, "retry", "", "number of a message to be sent again")
		},
		run: func(ctx context.Context, _ []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			if retry != "" {
				n, err := strconv.ParseUint(retry, 10, 64)
				if err != nil {
					return code.BadArgument.New("%.20q is no message", retry)
				}
				if _, err := s.RetryMessage(ctx, n); err != nil {
					return err
				}
			}
			list, err := client.All(s.Messages(ctx, state))
			if err != nil {
				return err
			}
			return a.print(list, func(w io.Writer) {
				t := columns(">NUMBER", "AT", "TOPIC", "CHANNEL", "TO", "TITLE", "STATE", "FAULT")
				for i := range list {
					m := &list[i]
					t.add(strconv.FormatUint(m.Number, 10), m.At.String(), m.Topic, m.Channel, m.To, m.Title, m.State, m.Fault)
				}
				t.write(w, "no messages")
			})
		},
	})
}
