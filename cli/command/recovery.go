package command

import (
	"context"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/node/client"
)

func (a *app) recoveryCommand() *cobra.Command {
	return group("recovery", "Admins' keys that were lost",
		a.recoveryAsk(), a.recoveryStatus(), a.recoveryList(), a.recoveryShow(), a.recoveryConfirm(), a.recoveryRefuse())
}

func (a *app) recoveryAsk() *cobra.Command {
	var p client.Plea
	var request documentFlag
	var documents []string
	return a.command(spec{
		use: "ask MEMBER FILE", short: "Ask your bank for a new admin's key; needs no key of the network", args: cobra.ExactArgs(2),
		long: `FILE was made with scf key request, for an admin. Keys of makers and checkers are not
recovered: your admin registers new ones with scf member add-credential. The legal
representative signs a request on paper and sends it to the bank; its SHA-256 is kept
with the new key. The bank calls: compare the pairing code that is printed.`,
		example: `  scf recovery ask 91330000MA27U00A0X admin3.json --request letter.pdf --reason "laptop stolen" \
    --contact "王女士 0571-0000-0000" --node https://node.bank.example`,
		needs: []string{"request", "reason", "contact"}, complete: a.completeMembers,
		flags: func(f *pflag.FlagSet) {
			f.Var(&request, "request", "the legal representative's signed request: a file, or its SHA-256")
			f.StringVar(&p.Reason, "reason", "", "what happened")
			f.StringVar(&p.Contact, "contact", "", "whom the bank calls, and where")
			f.StringArrayVar(&documents, "document", nil, "further document that you send to the bank: a file, or its SHA-256; repeat for each")
		},
		run: func(ctx context.Context, args []string) error {
			id, key, err := a.memberAndCredential(args[0], args[1])
			if err != nil {
				return err
			}
			p.Member, p.PersonKey, p.Request = id, client.PersonKey(key), request.Digest
			if p.Documents, err = digestsOf(documents); err != nil {
				return err
			}
			c, err := a.stranger(ctx)
			if err != nil {
				return err
			}
			defer c.Close()
			v, err := c.AskRecovery(ctx, p)
			if err != nil {
				return err
			}
			own, err := pairingOf(c.Network(), p.Member, []client.PersonKey{p.PersonKey}, nil)
			if err != nil {
				return err
			}
			if own != v.Pairing {
				return code.ManifestMismatch.New("the node has another key than was sent")
			}
			return a.writeAsked(v)
		},
	})
}

func (a *app) recoveryStatus() *cobra.Command {
	return a.command(spec{
		use: "status RECOVERY", short: "Show what became of your request; needs no key", args: cobra.ExactArgs(1),
		example: `  scf recovery status 019b8c0a1f2c-k3v5p7q2 --node https://node.bank.example`,
		run: func(ctx context.Context, args []string) error {
			c, err := a.stranger(ctx)
			if err != nil {
				return err
			}
			defer c.Close()
			v, err := c.OwnRecovery(ctx, args[0])
			if err != nil {
				return err
			}
			return a.writeAsked(v)
		},
	})
}

func (a *app) recoveryList() *cobra.Command {
	var state string
	return a.command(spec{
		use: "list", short: "List requests to recover keys, for the bank that runs the node",
		example: "  scf recovery list --as bank1/maker\n  scf recovery list --state waiting --as bank1/maker",
		flags:   func(f *pflag.FlagSet) { f.StringVar(&state, "state", "", "waiting, recovered, refused or expired") },
		run: func(ctx context.Context, _ []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			list, err := client.All(s.Recoveries(ctx, state))
			if err != nil {
				return err
			}
			return a.print(list, func(w io.Writer) {
				t := columns("RECOVERY", "MEMBER", "NAME", "PERSON", "STATE", "AT")
				for _, r := range list {
					name := r.Member.Name
					if !r.Known {
						name = "(not on the ledger)"
					}
					t.add(r.Reference, r.Member.ID, name, r.Person, r.State, when(r.At))
				}
				t.write(w, "no requests")
			})
		},
	})
}

func (a *app) recoveryShow() *cobra.Command {
	return a.command(spec{
		use: "show RECOVERY", short: "Show a request to recover a key with its pairing code", args: cobra.ExactArgs(1),
		example: `  scf recovery show 019b8c0a1f2c-k3v5p7q2 --as bank1/maker`,
		run: func(ctx context.Context, args []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			r, err := s.Recovery(ctx, args[0])
			if err != nil {
				return err
			}
			return a.print(r, func(w io.Writer) { writeRecovery(w, r) })
		},
	})
}

func writeRecovery(w io.Writer, r *client.Recovery) {
	known, refused := "not on the ledger", ""
	switch {
	case r.Sponsored:
		known = "sponsored by this bank"
	case r.Known:
		known = "not sponsored by this bank: the banks decide together"
	}
	if r.Refusal != nil {
		refused = r.Refusal.Reason
	}
	fields(w, "recovery", r.Reference, "member", r.Member.ID, "name", r.Member.Name, "", known, "person", r.Person,
		"reason", r.Reason, "contact", r.Contact, "state", r.State, "refused", refused, "at", when(r.At), "key", hashSaid(r.Key),
		"to be proposed", r.Function, "approve by", when(r.ApproveBy), "pairing", spaced(r.Pairing))
	for _, d := range r.Documents {
		fmt.Fprintf(w, "document  %s\n", d)
	}
}

func (a *app) recoveryConfirm() *cobra.Command {
	var heard string
	return a.command(spec{
		use: "confirm RECOVERY", short: "Propose the new key; a checker, or the other banks, approve", args: cobra.ExactArgs(1),
		long: `Proposes member:Recover as the sponsor, else member:RecoverAdmin. See the legal
representative's signed request first, call the enterprise at a number that you know
from elsewhere, and have it read out its pairing code. The key signs after the
cooling-off time; until then the member's present admins can revoke it.`,
		example: `  scf recovery confirm 019b8c0a1f2c-k3v5p7q2 --pairing "1234 5678" --as bank1/maker`,
		needs:   []string{"pairing"},
		flags:   func(f *pflag.FlagSet) { f.StringVar(&heard, "pairing", "", "8 digits that the enterprise read out") },
		run: func(ctx context.Context, args []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			r, err := s.Recovery(ctx, args[0])
			if err != nil {
				return err
			}
			if r.State != client.JoinWaiting {
				return code.EnrolmentState.New("it is %s", r.State)
			}
			if !r.Known {
				return code.MemberUnknown.New("member %s", r.Member.ID)
			}
			var in member.RecoverArgument
			if err := json.Unmarshal(r.Argument, &in, json.RejectUnknownMembers(true)); err != nil {
				return fmt.Errorf("read the argument of recovery %s: %w", r.Reference, err)
			}
			own, err := pairingOf(s.Network(), in.Member, []client.PersonKey{client.PersonKey(in.Credential)}, nil)
			if err != nil {
				return err
			}
			if err := paired(heard, own); err != nil {
				return err
			}
			function := "member:RecoverAdmin"
			if r.Sponsored {
				function = "member:Recover"
			}
			a.before(func(w io.Writer) { writeRecovery(w, r) })
			return s.propose(ctx, function, in)
		},
	})
}

func (a *app) recoveryRefuse() *cobra.Command {
	var reason string
	return a.command(spec{
		use: "refuse RECOVERY", short: "Turn a request down; who asked is shown the reason", args: cobra.ExactArgs(1),
		example: `  scf recovery refuse 019b8c0a1f2c-k3v5p7q2 --reason "nobody knew of it when we called" --as bank1/maker`,
		needs:   []string{"reason"},
		flags:   func(f *pflag.FlagSet) { f.StringVar(&reason, "reason", "", "shown to who asked") },
		run: func(ctx context.Context, args []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			r, err := s.RefuseRecovery(ctx, args[0], reason)
			if err != nil {
				return err
			}
			return a.print(r, func(w io.Writer) { fmt.Fprintf(w, "the request of %s is %s\n", r.Member.ID, r.State) })
		},
	})
}
