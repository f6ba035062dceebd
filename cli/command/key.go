package command

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/crypto/keystore"
)

func (a *app) keyCommand() *cobra.Command {
	return group("key", "Sealed key files of people; no private key is ever printed", a.keyNew(), a.keyShow(), a.keyRequest())
}

func base64Text(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// keyFacts is what is shown of a key.
type keyFacts struct {
	ID        credential.KeyID `json:"id"`
	Algorithm string           `json:"algorithm"`
	PublicKey []byte           `json:"publicKey"` // SubjectPublicKeyInfo, DER
}

func (a *app) printKey(k credential.PublicKey) error {
	f := keyFacts{k.ID(), k.Algorithm().String(), k.SPKI()}
	return a.print(f, func(w io.Writer) {
		fields(w, "key", f.ID.String(), "algorithm", f.Algorithm, "public key", base64Text(f.PublicKey))
	})
}

func (a *app) keyNew() *cobra.Command {
	var algorithm string
	return a.command(spec{
		use: "new FILE", short: "Make a key and seal it with a passphrase",
		example: "  scf key new maker.key\n  scf key new maker.key --algorithm EdDSA --passphrase-file secret.txt",
		args:    cobra.ExactArgs(1),
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&algorithm, "algorithm", "ES256", "ES256 (P-256) or EdDSA (Ed25519)")
		},
		run: func(_ context.Context, args []string) error {
			alg, err := credential.ParseAlgorithm(algorithm)
			if err != nil {
				return code.BadKey.New("%v", err)
			}
			passphrase, err := a.readPassphrase("New passphrase: ")
			if err != nil {
				return err
			}
			if a.passphrase == "" {
				again, err := a.readPassphrase("Once more: ")
				if err != nil {
					return err
				}
				if again != passphrase {
					return code.WrongPassphrase.New("the two passphrases differ")
				}
			}
			key, err := credential.Generate(alg, rand.Reader)
			if err != nil {
				return err
			}
			sealed, err := keystore.Seal(key, passphrase)
			if err != nil {
				return code.WrongPassphrase.New("%v", err)
			}
			if err := keystore.Save(args[0], sealed); err != nil {
				return err
			}
			return a.printKey(key.Public())
		},
	})
}

func (a *app) keyShow() *cobra.Command {
	return a.command(spec{
		use: "show FILE-OR-NAME", short: "Show the public part of a key", example: "  scf key show maker.key\n  scf key show core/maker",
		args: cobra.ExactArgs(1), complete: a.completeKeys,
		run: func(_ context.Context, args []string) error {
			net, err := a.network()
			if err != nil {
				return err
			}
			if net != nil {
				if key, err := net.Keyring.Get(args[0]); err == nil {
					return a.printKey(key.Public())
				}
			}
			sealed, err := keystore.Load(args[0])
			if err != nil {
				return code.BadFile.New("%v", err)
			}
			public, err := keystore.Public(sealed)
			if err != nil {
				return code.BadFile.New("%v", err)
			}
			return a.printKey(public)
		},
	})
}

func (a *app) keyRequest() *cobra.Command {
	var network, id, person string
	var roles record.PersonRoles
	var days int
	var from dateFlag
	return a.command(spec{
		use: "request FILE", short: "Make the request with which a bank registers a key",
		long: `Signs that the person holds the key (proof of possession) and prints the request
as JSON. It holds no private key and can be sent to the sponsor bank.`,
		example: `  scf key request maker.key --network tier-prod --member 91330000MA27U00A0X --person maker1 --roles maker > maker.json`,
		args:    cobra.ExactArgs(1), needs: []string{"network", "member", "person", "roles"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&network, "network", "", "name of the network")
			f.StringVar(&id, "member", "", "the member's social credit code")
			f.StringVar(&person, "person", "", "the member's own pseudonym for the person, never a name")
			f.Var(&setFlag{read: roles.UnmarshalJSON}, "roles", "maker, checker, admin, reviewer; several with commas")
			f.Var(&from, "from", "first day of validity (default: today)")
			f.IntVar(&days, "days", 730, "days of validity")
		},
		run: func(_ context.Context, args []string) error {
			owner, err := a.member(id)
			if err != nil {
				return err
			}
			if days < 1 {
				return code.BadDate.New("a key is valid for 1 day or more")
			}
			sealed, err := keystore.Load(args[0])
			if err != nil {
				return code.BadFile.New("%v", err)
			}
			passphrase, err := a.readPassphrase("Passphrase: ")
			if err != nil {
				return err
			}
			key, err := keystore.Open(sealed, passphrase)
			if err != nil {
				return err
			}
			possession, err := credential.SignPossession(key, network, owner, person)
			if err != nil {
				return err
			}
			if from.IsZero() {
				from.Date = calendar.FromTime(time.Now()).Date()
			}
			request := member.CredentialArgument{
				Person: person, Roles: roles, PublicKey: key.Public().SPKI(), Possession: possession,
				NotBefore: from.Start(), NotAfter: from.AddDays(days).Start(),
			}
			text, err := json.Marshal(request, json.Deterministic(true), json.OmitZeroStructFields(true), jsontext.WithIndent("  "))
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(a.Out, "%s\n", text)
			return err
		},
	})
}
