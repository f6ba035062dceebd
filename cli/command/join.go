package command

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/node/client"
)

func (a *app) inviteCommand() *cobra.Command {
	return group("invite", "Invite enterprises to the network", a.inviteNew(), a.inviteList(), a.inviteRevoke(), a.inviteShow())
}

func (a *app) inviteNew() *cobra.Command {
	in := client.Invite{Language: "zh"}
	var id string
	return a.command(spec{
		use: "new NAME", short: "Make a link with which an enterprise enrols", args: cobra.ExactArgs(1),
		long: `Makes an invitation at the node and prints its link, this once: whoever has the link
may use it, once, within 30 days. Send it by your own means. A maker invites.`,
		example: `  scf invite new 广元电子 --as supplier2/maker
  scf invite new 广元电子 --code 91330000MA27U00A0X --roles holder,debtor --note "订单 4711" --as supplier2/maker`,
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&id, "code", "", "its social credit code; then nobody else can use the link")
			f.Var(&setFlag{read: in.Roles.UnmarshalJSON}, "roles", "debtor, holder, guarantor; several with commas (default: holder)")
			f.StringVar(&in.Email, "email", "", "for your own list; nothing is sent")
			f.StringVar(&in.Note, "note", "", "shown to the enterprise")
			f.StringVar(&in.Language, "speaks", "zh", "zh or en: the enterprise's language")
		},
		run: func(ctx context.Context, args []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			in.Name, in.ID = args[0], id
			made, err := s.Invite(ctx, in)
			if err != nil {
				return err
			}
			return a.print(made, func(w io.Writer) {
				fields(w, "invitation", made.ID, "link", made.Link, "expires", when(made.Expires))
			})
		},
	})
}

func (a *app) inviteList() *cobra.Command {
	return a.command(spec{
		use: "list", short: "List your member's invitations and what became of them", example: `  scf invite list --as supplier2/maker`,
		run: func(ctx context.Context, _ []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			list, err := client.All(s.Invitations(ctx))
			if err != nil {
				return err
			}
			return a.print(list, func(w io.Writer) {
				t := columns("INVITATION", "NAME", "CODE", "ROLES", "STATE", "EXPIRES")
				for _, i := range list {
					t.add(i.ID, i.Name, i.Member, strings.Join(i.Roles.Names(), ","), i.State, when(i.Expires))
				}
				t.write(w, "no invitations")
			})
		},
	})
}

func (a *app) inviteRevoke() *cobra.Command {
	return a.command(spec{
		use: "revoke INVITATION", short: "Take an invitation back that nobody used yet", args: cobra.ExactArgs(1),
		example: `  scf invite revoke 019b8c0a1f2c-k3v5p7q2 --as supplier2/maker`,
		run: func(ctx context.Context, args []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			v, err := s.RevokeInvitation(ctx, args[0])
			if err != nil {
				return err
			}
			return a.print(v, func(w io.Writer) { fmt.Fprintf(w, "the invitation of %s is %s\n", v.Name, v.State) })
		},
	})
}

// byLink opens a node without a key: that of a link, or of --node, or a bank's of the
// devnet. It gives the token of the link; a token alone is taken too.
func (a *app) byLink(ctx context.Context, link string) (*client.Client, string, error) {
	const join = "/#/join?i="
	origin, token, found := strings.Cut(link, join)
	if !found {
		token = link
	}
	if found && a.node == "" {
		a.node = origin
	}
	c, err := a.stranger(ctx)
	return c, token, err
}

// stranger opens a node for what needs no key.
func (a *app) stranger(ctx context.Context) (*client.Client, error) {
	net, err := a.network()
	if err != nil {
		return nil, err
	}
	base, network, err := a.target(ctx, net, "")
	if err != nil {
		return nil, err
	}
	c, err := client.New(base, network, nil, client.WithAttempts(a.attempts()))
	if err != nil {
		return nil, code.BadConfig.New("%v", err)
	}
	return c, nil
}

func (a *app) inviteShow() *cobra.Command {
	return a.command(spec{
		use: "show LINK", short: "Show who invites, and which bank decides; needs no key", args: cobra.ExactArgs(1),
		example: `  scf invite show 'https://node.bank.example/#/join?i=JBSWY3DPEHPK3PXPJBSWY3DPEH'`,
		run: func(ctx context.Context, args []string) error {
			c, token, err := a.byLink(ctx, args[0])
			if err != nil {
				return err
			}
			defer c.Close()
			v, err := c.Invited(ctx, token)
			if err != nil {
				return err
			}
			return a.print(v, func(w io.Writer) {
				bank := ""
				if v.Bank != nil {
					bank = v.Bank.Name
				}
				fields(w, "network", v.Network, "invited by", v.Inviter.Name, "as", v.Name, "code", v.Member,
					"roles", strings.Join(v.Roles.Names(), ", "), "note", v.Note, "bank", bank, "state", v.State, "expires", when(v.Expires))
			})
		},
	})
}

func (a *app) enrolmentCommand() *cobra.Command {
	commands := []*cobra.Command{a.enrolmentSend(), a.enrolmentStatus(), a.enrolmentList(), a.enrolmentShow()}
	commands = append(commands, a.proposing(a.enrolmentConfirm())...)
	return group("enrolment", "Enterprises that come by an invitation", append(commands, a.enrolmentRefuse())...)
}

// keyRequests reads files made by scf key request.
func (a *app) keyRequests(paths []string) ([]client.PersonKey, error) {
	var list []client.PersonKey
	for _, path := range paths {
		c, err := a.readCredential(path)
		if err != nil {
			return nil, err
		}
		list = append(list, client.PersonKey(c))
	}
	return list, nil
}

// writeAsked writes what became of a request, for who sent it.
func (a *app) writeAsked(v *client.Asked) error {
	return a.print(v, func(w io.Writer) {
		fields(w, "reference", v.Reference, "state", v.State, "reason", v.Reason, "pairing", spaced(v.Pairing))
	})
}

// spaced is a pairing code as it is read out.
func spaced(pairing string) string {
	const half = 4
	if len(pairing) != 2*half {
		return pairing
	}
	return pairing[:half] + " " + pairing[half:]
}

func (a *app) enrolmentSend() *cobra.Command {
	var in client.Application
	var credentials, documents []string
	return a.command(spec{
		use: "send LINK", short: "Enrol by an invitation; needs no key of the network", args: cobra.ExactArgs(1),
		long: `Sends the public keys that your people made with scf key new and scf key request, and
what the bank must know of the enterprise. Private keys stay where they are. The bank
calls: compare the pairing code that is printed, which is made here from the keys.`,
		example: `  scf enrolment send 'https://node.bank.example/#/join?i=...' --code 91330000MA27U00A0X --name 广元电子有限公司 \
    --class micro --contact "王女士 0571-0000-0000" --credential admin.json --credential maker.json`,
		needs: []string{"code", "name", "class", "contact", "credential"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&in.ID, "code", "", "social credit code")
			f.StringVar(&in.Name, "name", "", "registered name")
			f.StringVar(&in.LEI, "lei", "", "legal entity identifier, ISO 17442")
			f.StringVar(&in.Contact, "contact", "", "whom the bank calls, and where")
			f.Var(&textFlag{kind: "class", read: in.Class.UnmarshalText}, "class", "public-body, large, medium, small or micro")
			f.StringArrayVar(&credentials, "credential", nil, "file made by scf key request; repeat for each person")
			f.StringArrayVar(&documents, "document", nil, "document that you send to the bank: a file, or its SHA-256; repeat for each")
		},
		run: func(ctx context.Context, args []string) error {
			var err error
			if in.Credentials, err = a.keyRequests(credentials); err != nil {
				return err
			}
			if in.Documents, err = digestsOf(documents); err != nil {
				return err
			}
			c, token, err := a.byLink(ctx, args[0])
			if err != nil {
				return err
			}
			defer c.Close()
			v, err := c.Enrol(ctx, token, in)
			if err != nil {
				return err
			}
			own, err := pairingOf(c.Network(), in.ID, in.Credentials, in.Encryption)
			if err != nil {
				return err
			}
			if own != v.Pairing {
				return code.ManifestMismatch.New("the node has other keys than were sent")
			}
			return a.writeAsked(v)
		},
	})
}

// digestsOf takes the SHA-256 of documents, or the hashes as they are written.
func digestsOf(documents []string) ([]record.Digest, error) {
	var list []record.Digest
	for _, text := range documents {
		var f documentFlag
		if err := f.Set(text); err != nil {
			return nil, code.BadArgument.New("%v", err)
		}
		list = append(list, f.Digest)
	}
	return list, nil
}

// pairingOf makes the pairing code of keys.
func pairingOf(network, member string, keys []client.PersonKey, encryption []byte) (string, error) {
	var ids []credential.KeyID
	for _, k := range keys {
		public, err := credential.ParsePublicKey(k.PublicKey)
		if err != nil {
			return "", code.BadKey.New("key of person %s", k.Person)
		}
		ids = append(ids, public.ID())
	}
	return credential.Pairing(network, member, ids, encryption)
}

func (a *app) enrolmentStatus() *cobra.Command {
	return a.command(spec{
		use: "status LINK", short: "Show what became of your enrolment; needs no key", args: cobra.ExactArgs(1),
		example: `  scf enrolment status 'https://node.bank.example/#/join?i=...'`,
		run: func(ctx context.Context, args []string) error {
			c, token, err := a.byLink(ctx, args[0])
			if err != nil {
				return err
			}
			defer c.Close()
			v, err := c.OwnEnrolment(ctx, token)
			if err != nil {
				return err
			}
			return a.writeAsked(v)
		},
	})
}

func (a *app) enrolmentList() *cobra.Command {
	var state string
	return a.command(spec{
		use: "list", short: "List enrolments, for the bank that runs the node",
		example: "  scf enrolment list --as bank1/maker\n  scf enrolment list --state waiting --as bank1/maker",
		flags:   func(f *pflag.FlagSet) { f.StringVar(&state, "state", "", "waiting, enrolled or refused") },
		run: func(ctx context.Context, _ []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			list, err := client.All(s.Enrolments(ctx, state))
			if err != nil {
				return err
			}
			return a.print(list, func(w io.Writer) {
				t := columns("ENROLMENT", "MEMBER", "NAME", "INVITED BY", "STATE", "AT")
				for _, e := range list {
					t.add(e.Reference, e.Member, e.Name, e.Inviter.Name, e.State, when(e.At))
				}
				t.write(w, "no enrolments")
			})
		},
	})
}

// enrolmentOf reads an enrolment and what it asks the bank to sign.
func (s *session) enrolmentOf(ctx context.Context, reference string) (*client.Enrolment, *member.EnrolArgument, error) {
	e, err := s.Enrolment(ctx, reference)
	if err != nil {
		return nil, nil, err
	}
	in := new(member.EnrolArgument)
	if err := json.Unmarshal(e.Argument, in, json.RejectUnknownMembers(true)); err != nil {
		return nil, nil, fmt.Errorf("read the argument of enrolment %s: %w", reference, err)
	}
	return e, in, nil
}

func (a *app) enrolmentShow() *cobra.Command {
	return a.command(spec{
		use: "show ENROLMENT", short: "Show an enrolment with its keys and pairing code", args: cobra.ExactArgs(1),
		example: `  scf enrolment show 019b8c0a1f2c-k3v5p7q2 --as bank1/maker`,
		run: func(ctx context.Context, args []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			e, in, err := s.enrolmentOf(ctx, args[0])
			if err != nil {
				return err
			}
			return a.print(e, func(w io.Writer) { writeEnrolment(w, e, in) })
		},
	})
}

func writeEnrolment(w io.Writer, e *client.Enrolment, in *member.EnrolArgument) {
	known, refused := "", ""
	if e.Known && e.State == client.JoinWaiting {
		known = "is on the ledger already, with other keys"
	}
	if e.Refusal != nil {
		refused = e.Refusal.Reason
	}
	fields(w, "enrolment", e.Reference, "member", in.ID, "name", in.Name, "class", in.Class.String(),
		"roles", strings.Join(in.Roles.Names(), ", "), "LEI", in.LEI, "invited by", e.Inviter.Name, "invited as", e.Invited,
		"contact", e.Contact, "state", e.State, "member known", known, "refused", refused, "at", when(e.At), "pairing", spaced(e.Pairing))
	for _, d := range e.Documents {
		fmt.Fprintf(w, "document  %s\n", d)
	}
	fmt.Fprintln(w)
	t := columns("PERSON", "ROLES", "VALID FROM", "UNTIL", "KEY")
	for i, c := range in.Credentials {
		key := ""
		if i < len(e.Keys) {
			key = e.Keys[i].String()
		}
		t.add(c.Person, strings.Join(c.Roles.Names(), ","), when(c.NotBefore), when(c.NotAfter), key)
	}
	t.write(w, "no keys")
}

// paired refuses to go on when the digits that were heard are not those of the keys
// that would be signed for. The right ones are not said: they are to be heard.
func paired(heard, own string) error {
	if strings.ReplaceAll(heard, " ", "") != own {
		return code.ManifestMismatch.New("the pairing code of these keys is another one: they may have been exchanged on the way")
	}
	return nil
}

func (a *app) enrolmentConfirm() *cobra.Command {
	var heard string
	return a.command(spec{
		use: "confirm ENROLMENT", short: "Admit the enterprise; the bank vouches for it", args: cobra.ExactArgs(1),
		long: `Signs member:Enrol with exactly the argument of the enrolment; the bank becomes the
sponsor. Call the enterprise first, at a number that you know from elsewhere, and have
it read out its pairing code; what you heard goes into --pairing.`,
		example: `  scf enrolment confirm 019b8c0a1f2c-k3v5p7q2 --pairing "1234 5678" --as bank1/maker`,
		needs:   []string{"pairing"},
		flags:   func(f *pflag.FlagSet) { f.StringVar(&heard, "pairing", "", "8 digits that the enterprise read out") },
		run: func(ctx context.Context, args []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			e, in, err := s.enrolmentOf(ctx, args[0])
			if err != nil {
				return err
			}
			if e.State != client.JoinWaiting {
				return code.EnrolmentState.New("it is %s", e.State)
			}
			own, err := pairingOf(s.Network(), in.ID, personKeys(in.Credentials), in.Encryption)
			if err != nil {
				return err
			}
			if err := paired(heard, own); err != nil {
				return err
			}
			a.before(func(w io.Writer) { writeEnrolment(w, e, in) })
			var done member.Result
			return s.act(ctx, "member:Enrol", in, &done, func() string { return fmt.Sprintf("enrolled %s (%s)", in.Name, done.Member) })
		},
	})
}

func personKeys(list []member.CredentialArgument) []client.PersonKey {
	keys := make([]client.PersonKey, len(list))
	for i, c := range list {
		keys[i] = client.PersonKey(c)
	}
	return keys
}

func (a *app) enrolmentRefuse() *cobra.Command {
	var reason string
	return a.command(spec{
		use: "refuse ENROLMENT", short: "Turn an enrolment down; the enterprise is shown the reason", args: cobra.ExactArgs(1),
		example: `  scf enrolment refuse 019b8c0a1f2c-k3v5p7q2 --reason "the licence has lapsed" --as bank1/maker`,
		needs:   []string{"reason"},
		flags:   func(f *pflag.FlagSet) { f.StringVar(&reason, "reason", "", "shown to the enterprise") },
		run: func(ctx context.Context, args []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			e, err := s.RefuseEnrolment(ctx, args[0], reason)
			if err != nil {
				return err
			}
			return a.print(e, func(w io.Writer) { fmt.Fprintf(w, "the enrolment of %s is %s\n", e.Name, e.State) })
		},
	})
}
