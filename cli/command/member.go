package command

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/network/devnet"
	"github.com/tierledger/tierledger/node/client"
)

func (a *app) memberCommand() *cobra.Command {
	commands := a.proposing(
		a.memberEnrol(),
		a.memberAdmitInstitution(),
		a.memberUpdate("update", "member:Update", "Change a member's registered name or class", "supplier1 --name 华光精密机械股份 --class large --as bank2/maker"),
		a.memberUpdate("update-institution", "member:UpdateInstitution",
			"Propose the same for a bank, an operator or an auditor; the banks decide", "bank4 --name 南湖商业银行 --class large --as bank1/maker"),
		a.memberStanding("suspend", "member:Suspend", "Stop a member from acting; it is still paid", "supplier1 --reason \"licence under review\" --as bank2/maker"),
		a.memberStanding("resume", "member:Resume", "Let a suspended member act again", "supplier1 --reason \"review ended\" --as bank2/maker"),
		a.memberStanding("suspend-institution", "member:SuspendInstitution",
			"Propose to stop any member from acting; the banks decide", "operator --reason \"contract ended\" --as bank1/maker"),
		a.memberStanding("resume-institution", "member:ResumeInstitution",
			"Propose to let any member act again; the banks decide", "operator --reason \"new contract\" --as bank1/maker"),
		a.memberAddCredential(),
		a.memberRenewCredential(),
		a.memberRevokeCredential(),
		a.memberRecover("recover", "member:Recover",
			"Propose a new admin key after the old ones were lost; the sponsor bank signs", "supplier1 newadmin.json --request letter.pdf --as bank2/maker"),
		a.memberRecover("recover-admin", "member:RecoverAdmin",
			"Propose the same for a bank or any other member; the banks decide", "bank4 newadmin.json --request letter.pdf --as bank1/maker"),
		a.memberSetPolicy(),
		a.memberFingerprintEpoch(),
	)
	commands = append(commands, a.memberShow(), a.memberList(), a.accountCommand(),
		group("validator", "The banks' nodes in consensus", a.validatorAdmit(), a.validatorRemove()))
	return group("member", "Enterprises and their people's credentials", commands...)
}

func (a *app) memberEnrol() *cobra.Command {
	var e enrolment
	return a.command(spec{
		use:   "enrol NAME-OR-CODE",
		short: "Admit an enterprise; the signing bank vouches for it",
		long: `Admits an enterprise as debtor, holder or guarantor. A maker of a bank signs and
the bank becomes its sponsor.

On a devnet the argument is a short name: the keys of an admin1, an admin2, a
maker and a checker are made and kept in the devnet. Elsewhere it is the social
credit code, and --credential names what the enterprise's people made with
scf key request.`,
		example: `  scf member enrol supplier4 --name 广元电子 --class small --roles holder --as bank2/maker
  scf member enrol 91330000MA27U00A0X --name 某公司 --class large --roles debtor \
    --credential admin.json --credential maker.json --as bank.key --node https://node.bank.example`,
		args:  cobra.ExactArgs(1),
		flags: func(f *pflag.FlagSet) { e.flags(f, "debtor, holder, guarantor; several with commas") },
		needs: e.needs(),
		run:   func(ctx context.Context, args []string) error { return a.enrol(ctx, "member:Enrol", args[0], &e) },
	})
}

func (a *app) memberAdmitInstitution() *cobra.Command {
	var e enrolment
	return a.command(spec{
		use:   "admit-institution NAME-OR-CODE",
		short: "Propose to admit a bank, an operator or an auditor; the banks decide",
		long: `Proposes to admit an institution; more than two thirds of the validator banks
approve. A bank is admitted as a member first, its node afterwards with
scf member validator admit.

On a devnet the argument is a short name, and the keys of its people are made
and kept in the devnet. Elsewhere it is the social credit code, and --credential
names what the people made with scf key request.`,
		example: `  scf member admit-institution bank5 --name 新港银行 --class large --roles funder --as bank1/maker`,
		args:    cobra.ExactArgs(1),
		flags:   func(f *pflag.FlagSet) { e.flags(f, "funder, guarantor, operator, auditor; several with commas") },
		needs:   e.needs(),
		run: func(ctx context.Context, args []string) error {
			return a.enrol(ctx, "member:AdmitInstitution", args[0], &e)
		},
	})
}

// enrolment are the flags that describe a new member.
type enrolment struct {
	name, lei   string
	class       record.Class
	roles       record.Roles
	credentials []string
}

func (e *enrolment) flags(f *pflag.FlagSet, roles string) {
	f.StringVar(&e.name, "name", "", "registered name")
	f.StringVar(&e.lei, "lei", "", "legal entity identifier, ISO 17442")
	f.Var(&textFlag{kind: "class", read: e.class.UnmarshalText}, "class", "public-body, large, medium, small or micro")
	f.Var(&setFlag{read: e.roles.UnmarshalJSON}, "roles", roles)
	f.StringArrayVar(&e.credentials, "credential", nil, "file made by scf key request; repeat for each person")
}

func (e *enrolment) needs() []string { return []string{"name", "class", "roles"} }

// enrol sends the function that admits a member with this code or, on a devnet,
// short name.
func (a *app) enrol(ctx context.Context, function, id string, e *enrolment) error {
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	in := member.EnrolArgument{ID: id, Name: e.name, Class: e.class, Roles: e.roles, LEI: e.lei}
	if len(e.credentials) == 0 {
		if in, err = a.devnetEnrolment(id, in); err != nil {
			return err
		}
	}
	for _, path := range e.credentials {
		c, err := a.readCredential(path)
		if err != nil {
			return err
		}
		in.Credentials = append(in.Credentials, c)
	}
	var done member.Result
	return s.act(ctx, function, in, &done, func() string { return fmt.Sprintf("enrolled %s (%s)", in.Name, done.Member) })
}

// devnetEnrolment makes keys for a new member of the devnet.
func (a *app) devnetEnrolment(alias string, in member.EnrolArgument) (member.EnrolArgument, error) {
	net, err := a.network()
	if err != nil {
		return in, err
	}
	if net == nil {
		return in, code.BadArgument.New("name the credentials of the enterprise's people with --credential")
	}
	id, err := devnet.CodeFor(net.Genesis.Network, alias)
	if err != nil {
		return in, err
	}
	made, err := net.Enrolment(devnet.Member{Alias: alias, ID: id, Name: in.Name, Class: in.Class}, in.Roles, net.Genesis.Time)
	made.LEI = in.LEI
	return made, err
}

// readCredential reads what scf key request made.
func (a *app) readCredential(path string) (member.CredentialArgument, error) {
	var c member.CredentialArgument
	text, err := a.input("@" + path)
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(text, &c, json.RejectUnknownMembers(true)); err != nil {
		return c, code.BadFile.New("%s is not a request of scf key request", path)
	}
	return c, nil
}

func (a *app) memberUpdate(use, function, short, example string) *cobra.Command {
	var name string
	var class record.Class
	return a.command(spec{
		use: use + " MEMBER", short: short, example: "  scf member " + use + " " + example,
		args: cobra.ExactArgs(1), complete: a.completeMembers, needs: []string{"name", "class"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&name, "name", "", "registered name")
			f.Var(&textFlag{kind: "class", read: class.UnmarshalText}, "class", "public-body, large, medium, small or micro")
		},
		run: func(ctx context.Context, args []string) error {
			id, err := a.member(args[0])
			if err != nil {
				return err
			}
			return a.act(ctx, function, member.UpdateArgument{Member: id, Name: name, Class: class}, nil,
				func() string { return "updated " + id })
		},
	})
}

func (a *app) memberStanding(name, function, short, example string) *cobra.Command {
	var reason string
	return a.command(spec{
		use: name + " MEMBER", short: short, example: "  scf member " + name + " " + example,
		args: cobra.ExactArgs(1), complete: a.completeMembers, needs: []string{"reason"},
		flags: func(f *pflag.FlagSet) { f.StringVar(&reason, "reason", "", "why, for the record") },
		run: func(ctx context.Context, args []string) error {
			id, err := a.member(args[0])
			if err != nil {
				return err
			}
			return a.act(ctx, function, member.StandingArgument{Member: id, Reason: reason}, nil,
				func() string { return name + ": " + id })
		},
	})
}

func (a *app) memberAddCredential() *cobra.Command {
	return a.command(spec{
		use: "add-credential MEMBER FILE", short: "Propose a further person's key; another admin or the sponsor approves",
		example: `  scf member add-credential supplier1 maker2.json --as supplier1/admin1`,
		args:    cobra.ExactArgs(2),
		run: func(ctx context.Context, args []string) error {
			id, c, err := a.memberAndCredential(args[0], args[1])
			if err != nil {
				return err
			}
			in := member.AddCredentialArgument{Member: id, Credential: c}
			return a.act(ctx, "member:AddCredential", in, nil, func() string { return "done" })
		},
	})
}

func (a *app) memberRecover(use, function, short, example string) *cobra.Command {
	var request documentFlag
	return a.command(spec{
		use: use + " MEMBER FILE", short: short, example: "  scf member " + use + " " + example,
		args: cobra.ExactArgs(2),
		flags: func(f *pflag.FlagSet) {
			f.Var(&request, "request", "the legal representative's signed request: a file, or its SHA-256")
		},
		needs: []string{"request"},
		run: func(ctx context.Context, args []string) error {
			id, c, err := a.memberAndCredential(args[0], args[1])
			if err != nil {
				return err
			}
			in := member.RecoverArgument{Member: id, Credential: c, Request: request.Digest}
			return a.act(ctx, function, in, nil, func() string { return "done" })
		},
	})
}

func (a *app) memberFingerprintEpoch() *cobra.Command {
	return a.command(spec{
		use: "fingerprint-epoch NUMBER", short: "Propose the next epoch of the banks' key for invoice fingerprints",
		long: `NUMBER is the one after the present epoch; the other banks approve. Before that
every bank adds the new key to its node's file of fingerprint keys and starts the
node anew, and keeps the old keys there: they find invoices registered before.`,
		example: `  scf member fingerprint-epoch 2 --as bank1/maker`, args: cobra.ExactArgs(1),
		run: func(ctx context.Context, args []string) error {
			epoch, err := strconv.ParseUint(args[0], 10, 32)
			if err != nil {
				return code.BadArgument.New("%.20q is not the number of an epoch", args[0])
			}
			return a.act(ctx, "member:SetFingerprintEpoch", member.EpochArgument{Epoch: uint32(epoch)}, nil, func() string { return "done" })
		},
	})
}

func (a *app) memberAndCredential(name, path string) (id string, c member.CredentialArgument, err error) {
	if id, err = a.member(name); err != nil {
		return "", c, err
	}
	c, err = a.readCredential(path)
	return id, c, err
}

func (a *app) memberRenewCredential() *cobra.Command {
	var key digestFlag
	return a.command(spec{
		use: "renew-credential FILE", short: "Propose a new key of the same person with the same roles",
		example: `  scf member renew-credential maker.json --key 3f1c... --as supplier1/admin1`,
		args:    cobra.ExactArgs(1), needs: []string{"key"},
		flags: func(f *pflag.FlagSet) { f.Var(&key, "key", "id of the old key") },
		run: func(ctx context.Context, args []string) error {
			c, err := a.readCredential(args[0])
			if err != nil {
				return err
			}
			in := member.RenewCredentialArgument{Key: key.Digest, Credential: c}
			return a.act(ctx, "member:RenewCredential", in, nil, func() string { return "done" })
		},
	})
}

func (a *app) memberRevokeCredential() *cobra.Command {
	var reason string
	return a.command(spec{
		use: "revoke-credential KEY", short: "End a key at once; what it has proposed falls",
		long:    `KEY is the key's id, or its name in the devnet such as supplier1/maker.`,
		example: `  scf member revoke-credential supplier1/maker --reason "left the firm" --as supplier1/admin1`,
		args:    cobra.ExactArgs(1), complete: a.completeKeys, needs: []string{"reason"},
		flags: func(f *pflag.FlagSet) { f.StringVar(&reason, "reason", "", "why, for the record") },
		run: func(ctx context.Context, args []string) error {
			key, err := a.key(args[0])
			if err != nil {
				return err
			}
			return a.act(ctx, "member:RevokeCredential", member.RevokeCredentialArgument{Key: key, Reason: reason}, nil,
				func() string { return "revoked " + key.String() })
		},
	})
}

// key is the id of a key: by its name in the devnet, or as it is written.
func (a *app) key(text string) (record.Digest, error) {
	net, err := a.network()
	if err != nil {
		return record.Digest{}, err
	}
	if net != nil && strings.Contains(text, "/") {
		k, err := net.Keyring.Get(text)
		if err != nil {
			return record.Digest{}, err
		}
		return record.Digest(k.Public().ID()), nil
	}
	d, err := record.ParseDigest(text)
	if err != nil {
		return d, code.BadArgument.New("%v", err)
	}
	return d, nil
}

func (a *app) memberSetPolicy() *cobra.Command {
	var rules []string
	return a.command(spec{
		use: "set-policy", short: "Propose what needs a checker, and from which amount",
		long: `Replaces the policy of the signing admin's member; another admin or the sponsor
bank approves. Each --rule is FUNCTION=AMOUNT; 0.01 means always, and * stands
for every function without a rule. Without --rule nothing needs a checker.`,
		example: `  scf member set-policy --rule certificate:Issue=500,000.00 --rule certificate:Transfer=0.01 --as core/admin1`,
		flags:   func(f *pflag.FlagSet) { f.StringArrayVar(&rules, "rule", nil, "FUNCTION=AMOUNT") },
		run: func(ctx context.Context, _ []string) error {
			in := member.SetPolicyArgument{Rules: []record.PolicyRule{}}
			for _, r := range rules {
				function, amount, found := strings.Cut(r, "=")
				if !found {
					return code.BadArgument.New("%.60q is not FUNCTION=AMOUNT", r)
				}
				from, err := money.ParseHuman(amount)
				if err != nil {
					return err
				}
				in.Rules = append(in.Rules, record.PolicyRule{Function: function, From: from})
			}
			return a.act(ctx, "member:SetPolicy", in, nil, func() string { return "done" })
		},
	})
}

func (a *app) memberShow() *cobra.Command {
	return a.command(spec{
		use: "show MEMBER", short: "Show a member",
		example: `  scf member show core`, args: cobra.ExactArgs(1), complete: a.completeMembers,
		run: func(ctx context.Context, args []string) error {
			id, err := a.member(args[0])
			if err != nil {
				return err
			}
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			m, err := s.Member(ctx, id)
			if err != nil {
				return err
			}
			return a.print(m, func(w io.Writer) {
				fields(w, "member", m.ID, "name", m.Name, "class", m.Class.String(), "roles", strings.Join(m.Roles.Names(), ", "),
					"state", m.State.String(), "sponsor", s.names(ctx)(m.Sponsor), "LEI", m.LEI,
					"admins", strconv.Itoa(int(m.Admins)), "enrolled", m.Enrolled.String())
			})
		},
	})
}

func (a *app) memberList() *cobra.Command {
	return a.command(spec{
		use: "list", short: "List all members, for institutions", example: `  scf member list --as auditor/maker`,
		run: func(ctx context.Context, _ []string) error {
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			list, err := client.All(s.Members(ctx))
			if err != nil {
				return err
			}
			return a.print(list, func(w io.Writer) {
				t := columns("MEMBER", "NAME", "CLASS", "ROLES", "STATE")
				for _, m := range list {
					t.add(m.ID, m.Name, m.Class.String(), strings.Join(m.Roles.Names(), ","), m.State.String())
				}
				t.write(w, "no members")
			})
		},
	})
}

func (a *app) validatorAdmit() *cobra.Command {
	var in member.ValidatorArgument
	var consensus string
	return a.command(spec{
		use: "admit BANK", short: "Propose that a bank's node takes part in consensus",
		long:    `What scf node init printed at the bank goes into the flags. The other banks approve.`,
		example: `  scf member validator admit bank5 --consensus Zm9v... --peer 12D3KooW... --address 10.0.0.5:26656 --as bank1/maker`,
		args:    cobra.ExactArgs(1), complete: a.completeMembers, needs: []string{"consensus", "peer", "address"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&consensus, "consensus", "", "Ed25519 public key of the validator, base64")
			f.StringVar(&in.Peer, "peer", "", "libp2p peer id")
			f.StringVar(&in.Address, "address", "", "ip:port of the peer")
		},
		run: func(ctx context.Context, args []string) error {
			var err error
			if in.Bank, err = a.member(args[0]); err != nil {
				return err
			}
			if in.Consensus, err = base64.StdEncoding.DecodeString(consensus); err != nil {
				return code.BadKey.New("--consensus is not base64")
			}
			return a.act(ctx, "member:AdmitValidator", in, nil, func() string { return "done" })
		},
	})
}

func (a *app) validatorRemove() *cobra.Command {
	return a.command(spec{
		use: "remove BANK", short: "Propose to take a bank's node out of consensus",
		example: `  scf member validator remove bank4 --as bank1/maker`, args: cobra.ExactArgs(1), complete: a.completeMembers,
		run: func(ctx context.Context, args []string) error {
			id, err := a.member(args[0])
			if err != nil {
				return err
			}
			return a.act(ctx, "member:RemoveValidator", member.BankArgument{Bank: id}, nil, func() string { return "done" })
		},
	})
}
