package command

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/envelope"
	"github.com/tierledger/tierledger/node/client"
	"github.com/tierledger/tierledger/node/reconcile"
)

func (a *app) accountCommand() *cobra.Command {
	commands := a.proposing(a.accountPropose(),
		a.accountDecide("confirm", "member:ConfirmAccount", "Confirm that an account is the member's own; its bank signs", "--as bank2/maker"),
		a.accountDecide("close", "member:CloseAccount", "End an account, or refuse it as its bank", "--as supplier1/maker"),
		a.accountChoose())
	return group("account", "Members' bank accounts, to which money is paid; their numbers are never on the ledger in the clear",
		append(commands, a.accountList())...)
}

func (a *app) accountList() *cobra.Command {
	return a.command(spec{
		use: "list [MEMBER]", short: "List the bank accounts of a member that you may see",
		long:    "A member sees its own accounts, which are listed without an argument; a bank sees\nthose that are kept with it.",
		example: "  scf member account list --as supplier1/maker\n  scf member account list supplier1 --as bank2/maker",
		args:    cobra.MaximumNArgs(1), complete: a.completeMembers,
		run: func(ctx context.Context, args []string) error {
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			var owner string
			if len(args) > 0 {
				owner, err = a.member(args[0])
			} else {
				owner, err = s.self(ctx)
			}
			if err != nil {
				return err
			}
			list, err := client.All(s.Accounts(ctx, owner))
			if err != nil {
				return err
			}
			payee, err := s.Payee(ctx, owner)
			if err != nil {
				return err
			}
			names := s.names(ctx)
			return a.print(list, func(w io.Writer) {
				t := columns("ACCOUNT", "MEMBER", "BANK", "STATE", "SINCE", "USABLE FROM", "")
				for _, account := range list {
					t.add(account.ID, names(account.Member), names(account.Bank), account.State.String(), when(account.Since), when(account.UsableFrom),
						payeeSaid(payee, account.ID))
				}
				t.write(w, "no accounts")
			})
		},
	})
}

// payeeSaid says of an account that clearings are paid to it.
func payeeSaid(choice *record.PayeeChoice, account string) string {
	switch {
	case choice != nil && choice.Account == account:
		return "clearings from " + choice.From.String()
	case choice != nil && choice.Former == account:
		return "clearings before " + choice.From.String()
	default:
		return ""
	}
}

func (a *app) accountChoose() *cobra.Command {
	return a.command(spec{
		use: "choose ID", short: "Propose to which of your accounts your clearings are paid; a checker approves",
		long: `It takes effect after the cooling-off time; until then they are paid to the account
before. Without a choice they are paid to the account that has been usable for
longest. Legs that are computed already keep their account.`,
		example: `  scf member account choose main --as supplier1/maker`, args: cobra.ExactArgs(1),
		run: func(ctx context.Context, args []string) error {
			var done member.AccountResult
			return a.act(ctx, "member:ChooseAccount", member.ChooseAccountArgument{Account: args[0]}, &done, func() string { return "done" })
		},
	})
}

// account is the signer's own word for one of its bank accounts: the one given, or
// its only confirmed one.
func (s *session) account(ctx context.Context, given string) (string, error) {
	if given != "" {
		return given, nil
	}
	owner, err := s.self(ctx)
	if err != nil {
		return "", err
	}
	var usable []string
	for account, err := range s.Accounts(ctx, owner) {
		if err != nil {
			return "", err
		}
		if account.State == record.AccountConfirmed {
			usable = append(usable, account.ID)
		}
	}
	switch len(usable) {
	case 1:
		return usable[0], nil
	case 0:
		return "", code.AccountUnconfirmed.New("%s has no confirmed account", owner)
	default:
		return "", code.BadArgument.New("there are %d accounts; say which: %s", len(usable), strings.Join(usable, ", "))
	}
}

func (a *app) accountPropose() *cobra.Command {
	var bank string
	var account reconcile.BankAccount
	var keys []string
	return a.command(spec{
		use: "propose ID", short: "Propose a bank account of your own; a checker approves, then its bank confirms",
		long: `ID is your own word for the account. Number and name are sealed to the
encryption keys of your member and of the bank, as registered or as given with
--recipient; the ledger keeps the sealed form and a salted commitment.`,
		example: `  scf member account propose main --bank bank2 --number 6222020200112233445 --name 华光精密机械 --as supplier1/maker`,
		args:    cobra.ExactArgs(1), needs: []string{"bank", "number", "name"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&bank, "bank", "", "the account's bank")
			f.StringVar(&account.Number, "number", "", "number of the account")
			f.StringVar(&account.Name, "name", "", "name in which the bank keeps it")
			f.StringArrayVar(&keys, "recipient", nil, "file with the public encryption key of who may read it, base64; repeat for each")
		},
		run: func(ctx context.Context, args []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			in := member.ProposeAccountArgument{ID: args[0]}
			if in.Bank, err = a.member(bank); err != nil {
				return err
			}
			owner, err := s.self(ctx)
			if err != nil {
				return err
			}
			recipients, err := s.recipients(ctx, keys, owner, in.Bank)
			if err != nil {
				return err
			}
			text, err := account.Text()
			if err != nil {
				return err
			}
			commitment, sealed, err := envelope.SealCommitted(text, reconcile.AccountContext(owner, in.ID), recipients)
			if err != nil {
				return fmt.Errorf("seal the account: %w", err)
			}
			in.Commitment, in.Sealed = record.Digest(commitment), sealed
			return s.act(ctx, "member:ProposeAccount", in, nil, func() string { return "done" })
		},
	})
}

// recipients reads public encryption keys from files, or without any the keys that
// the members have registered.
func (s *session) recipients(ctx context.Context, files []string, members ...string) ([]envelope.PublicKey, error) {
	var keys []envelope.PublicKey
	for _, path := range files {
		text, err := s.app.input("@" + path)
		if err != nil {
			return nil, err
		}
		raw, err := base64.StdEncoding.Strict().DecodeString(strings.TrimSpace(string(text)))
		if err != nil {
			return nil, code.BadKey.New("%s is not base64", path)
		}
		key, err := envelope.ParsePublicKey(raw)
		if err != nil {
			return nil, code.BadKey.New("%s: %v", path, err)
		}
		keys = append(keys, key)
	}
	if len(files) > 0 {
		return keys, nil
	}
	for _, id := range members {
		m, err := s.Member(ctx, id)
		if err != nil {
			return nil, err
		}
		key, err := envelope.ParsePublicKey(m.Encryption)
		if err != nil {
			return nil, code.BadKey.New("member %s has registered no encryption key; give it with --recipient", id)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

func (a *app) accountDecide(use, function, short, example string) *cobra.Command {
	return a.command(spec{
		use: use + " MEMBER ID", short: short, example: "  scf member account " + use + " supplier1 main " + example,
		args: cobra.ExactArgs(2), complete: a.completeMembers,
		run: func(ctx context.Context, args []string) error {
			owner, err := a.member(args[0])
			if err != nil {
				return err
			}
			var done member.AccountResult
			return a.act(ctx, function, member.AccountArgument{Member: owner, Account: args[1]}, &done, func() string {
				said := fmt.Sprintf("account %s is %s", done.Account, done.State)
				if done.State == record.AccountConfirmed {
					said += fmt.Sprintf(", usable from %s", done.UsableFrom)
				}
				return said
			})
		},
	})
}
