package command

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/registration"
)

// registryEntry makes the command that records one kind of entry in the unified
// registry (中登网).
func (a *app) registryEntry(kind record.RegistrationKind, use, short, example string) *cobra.Command {
	var number string
	var proof documentFlag
	var entered instantFlag
	var until dateFlag
	var corrects uint32
	needs := []string{"number", "proof"}
	lasts := kind == record.RegistrationInitial || kind == record.RegistrationChange
	if lasts {
		needs = append(needs, "until")
	}
	return a.command(spec{
		use: use + " FINANCING", short: short, example: "  scf bank " + use + " 7a01... " + example + " --as bank2/maker",
		args: cobra.ExactArgs(1), needs: needs,
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&number, "number", "", "the registry's number (中登网)")
			f.Var(&proof, "proof", "the registry's proof: a file, or its SHA-256")
			f.Var(&entered, "entered", "time in the registry (default: now)")
			f.Uint32Var(&corrects, "corrects", 0, "entry that was wrong, of the same kind")
			if lasts {
				f.Var(&until, "until", "last day of the registration")
			}
		},
		run: func(ctx context.Context, args []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			in := registration.Argument{
				Financing: args[0], Kind: kind, Number: number, Entered: entered.Instant, Proof: proof.Digest, Until: until.Date,
				Corrects: corrects,
			}
			if in.Entered.IsZero() {
				if in.Entered, err = s.lastBlock(ctx); err != nil {
					return err
				}
			}
			var done registration.Result
			return s.act(ctx, "registration:Record", in, &done, func() string {
				return fmt.Sprintf("entry %d of financing %s: %s", done.Sequence, done.Financing, done.Kind)
			})
		},
	})
}

// registryText is what scf bank registry-text prints with --json.
type registryText struct {
	Financing string `json:"financing"`
	Text      string `json:"text"`
}

func (a *app) registryText() *cobra.Command {
	return a.command(spec{
		use: "registry-text FINANCING", short: "Print the description of the property for the registry's form, ready to paste",
		example: `  scf bank registry-text 7a01... --as bank2/maker`, args: cobra.ExactArgs(1),
		run: func(ctx context.Context, args []string) error {
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			text, err := s.RegistryText(ctx, args[0])
			if err != nil {
				return err
			}
			return a.print(registryText{args[0], text}, func(w io.Writer) {
				fmt.Fprintln(w, strings.TrimSuffix(text, "\n"))
			})
		},
	})
}
