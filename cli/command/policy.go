package command

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/node/client"
)

func (a *app) policyCommand() *cobra.Command {
	return group("policy", "Your bank's own rules and prices for requests: adopt, test, decide, replay",
		a.policyAdopt(), a.policyTest(), a.policyDecide(), a.policyVersions(), a.policyShow(), a.policyDecisions(), a.policyReplay())
}

// withPolicy opens a session with the file of a policy.
func (a *app) withPolicy(ctx context.Context, path string) (*session, []byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, code.BadArgument.New("%v", err)
	}
	if !utf8.Valid(text) {
		return nil, nil, code.BadConfig.New("%s is not a text in UTF-8", path)
	}
	s, err := a.open(ctx)
	return s, text, err
}

func (a *app) policyAdopt() *cobra.Command {
	return a.command(spec{
		use: "adopt FILE", short: "Make a file your bank's policy", args: cobra.ExactArgs(1),
		long: `The file becomes the next version of the policy of the bank that runs the node, and
decides from now on. It stays at that node: other banks never see it. A reviewer of
the bank adopts. The same file again is the same version.`,
		example: `  scf policy adopt docs/samples/policy.yaml --as bank2/reviewer`,
		run: func(ctx context.Context, args []string) error {
			s, text, err := a.withPolicy(ctx, args[0])
			if err != nil {
				return err
			}
			v, err := s.AdoptPolicy(ctx, text)
			if err != nil {
				return err
			}
			return a.print(v, func(w io.Writer) { fmt.Fprintf(w, "version %d: %s\n", v.Number, v.Name) })
		},
	})
}

func (a *app) policyTest() *cobra.Command {
	return a.command(spec{
		use: "test FILE", short: "Show what a changed policy would have decided on all past requests", args: cobra.ExactArgs(1),
		long: `Replays every decision of the node on the facts that were stored with it, and shows
where the file decides otherwise. Nothing is adopted.`,
		example: `  scf policy test policy-2027.yaml --as bank2/maker`,
		run: func(ctx context.Context, args []string) error {
			s, text, err := a.withPolicy(ctx, args[0])
			if err != nil {
				return err
			}
			c, err := s.TestPolicy(ctx, text)
			if err != nil {
				return err
			}
			return a.print(c, func(w io.Writer) { writePolicyTest(w, c) })
		},
	})
}

func writePolicyTest(w io.Writer, c *client.PolicyComparison) {
	t := columns("", ">QUOTE", ">REFER", ">REFUSE")
	for _, side := range []struct {
		name string
		of   client.PolicyCount
	}{{"decided", c.Old}, {"would decide", c.New}} {
		t.add(side.name, strconv.Itoa(side.of.Quote), strconv.Itoa(side.of.Refer), strconv.Itoa(side.of.Refuse))
	}
	t.write(w, "")
	fmt.Fprintf(w, "%d of %d decisions differ\n", c.Different, c.Decisions)
	if len(c.Differences) == 0 {
		return
	}
	fmt.Fprintln(w)
	t = columns(">DECISION", "FINANCING", ">VERSION", "DECIDED", "WOULD DECIDE")
	for _, d := range c.Differences {
		t.add(strconv.FormatUint(d.Decision, 10), d.Financing, strconv.Itoa(int(d.Version)), sideSaid(d.Old), sideSaid(d.New))
	}
	t.write(w, "")
	if more := c.Different - len(c.Differences); more > 0 {
		fmt.Fprintf(w, "and %d more\n", more)
	}
}

// sideSaid is a decision in a line: its outcome, and the rules or the price.
func sideSaid(s client.PolicySide) string {
	said := s.Outcome
	if len(s.Rules) > 0 {
		said += ": " + strings.Join(s.Rules, ", ")
	}
	if s.Terms != nil {
		said += ": " + priceSaid(s.Terms)
	}
	return said
}

func priceSaid(t *client.PolicyTerms) string {
	return fmt.Sprintf("%s %% of %s %%, fee %s", t.Rate, t.Advance, yuan(t.Fee))
}

func (a *app) policyDecide() *cobra.Command {
	return a.command(spec{
		use: "decide FINANCING", short: "Have the policy decide on a request by the facts of this moment", args: cobra.ExactArgs(1),
		long: `Gathers the facts of owner, enterprise, trade, enhancement and scenario, applies
the active version, and keeps the decision with both. On equal facts it is the same
decision. scf bank quote --auto decides and quotes.`,
		example: `  scf policy decide 7a01... --as bank2/maker`,
		run: func(ctx context.Context, args []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			d, err := s.Decide(ctx, args[0])
			if err != nil {
				return err
			}
			return a.print(d, func(w io.Writer) { a.writeDecision(w, d, s.names(ctx)) })
		},
	})
}

// writeDecision writes all of a decision but its facts, which --json shows.
func (a *app) writeDecision(w io.Writer, d *client.Decision, names func(string) string) {
	price, valid := "", ""
	if d.Terms != nil {
		price = fmt.Sprintf("%s, %s interest, %s", d.Terms.Kind, d.Terms.Interest, priceSaid(d.Terms))
		if d.Terms.ValidHours > 0 {
			valid = strconv.Itoa(int(d.Terms.ValidHours)) + " hours"
		}
	}
	fields(w, "decision", strconv.FormatUint(d.Number, 10), "financing", d.Financing, "policy version", strconv.Itoa(int(d.Version)),
		"outcome", d.Outcome, "price", price, "valid for", valid, "at", when(d.At))
	if len(d.Fired) == 0 {
		return
	}
	fmt.Fprintln(w)
	t := columns("RULE", "DIMENSION", "SAYS", "REASON", "DEBTORS")
	for _, f := range d.Fired {
		t.add(f.Rule, f.Dimension, f.Then, a.reason(&f), nameAll(f.Debtors, names))
	}
	t.write(w, "")
}

// reason is a rule's in the person's language.
func (a *app) reason(f *client.FiredRule) string {
	if a.language == "zh" && f.ReasonZH != "" {
		return f.ReasonZH
	}
	return f.Reason
}

func (a *app) policyVersions() *cobra.Command {
	return a.command(spec{
		use: "versions", short: "List the versions of your bank's policy", example: `  scf policy versions --as bank2/maker`,
		run: func(ctx context.Context, _ []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			list, err := s.PolicyVersions(ctx)
			if err != nil {
				return err
			}
			return a.print(list, func(w io.Writer) {
				t := columns(">VERSION", "NAME", "ADOPTED", "BY", "HASH", "")
				for _, v := range list {
					active := ""
					if v.Active {
						active = "active"
					}
					t.add(strconv.Itoa(int(v.Number)), v.Name, when(v.At), v.By.Person, v.Hash.String(), active)
				}
				t.write(w, "no policy yet: scf policy adopt FILE")
			})
		},
	})
}

func (a *app) policyShow() *cobra.Command {
	return a.command(spec{
		use: "show [VERSION]", short: "Show the file of a version, or of the active one", args: cobra.MaximumNArgs(1),
		example: "  scf policy show --as bank2/maker\n  scf policy show 1 --as bank2/maker",
		run: func(ctx context.Context, args []string) error {
			number := uint64(0)
			if len(args) > 0 {
				var err error
				if number, err = strconv.ParseUint(args[0], 10, 32); err != nil {
					return code.BadArgument.New("%.20q is no version", args[0])
				}
			}
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			v, err := s.PolicyVersion(ctx, uint32(number))
			if err != nil {
				return err
			}
			return a.print(v, func(w io.Writer) { fmt.Fprint(w, v.Text) })
		},
	})
}

func (a *app) policyDecisions() *cobra.Command {
	return a.command(spec{
		use: "decisions [FINANCING]", short: "List what the policy decided", args: cobra.MaximumNArgs(1),
		example: "  scf policy decisions --as bank2/maker\n  scf policy decisions 7a01... --as bank2/maker",
		run: func(ctx context.Context, args []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			list, err := client.All(s.Decisions(ctx, strings.Join(args, "")))
			if err != nil {
				return err
			}
			return a.print(list, func(w io.Writer) {
				t := columns(">DECISION", "FINANCING", ">VERSION", "OUTCOME", "PRICE", "RULES", "AT")
				for _, d := range list {
					price := ""
					if d.Terms != nil {
						price = priceSaid(d.Terms)
					}
					t.add(strconv.FormatUint(d.Number, 10), d.Financing, strconv.Itoa(int(d.Version)), d.Outcome, price, rulesSaid(d.Fired), when(d.At))
				}
				t.write(w, "no decisions")
			})
		},
	})
}

func rulesSaid(fired []client.FiredRule) string {
	list := make([]string, len(fired))
	for i, f := range fired {
		list[i] = f.Rule
	}
	return strings.Join(list, ", ")
}

func (a *app) policyReplay() *cobra.Command {
	return a.command(spec{
		use: "replay DECISION", short: "Make a decision again from its stored facts and version", args: cobra.ExactArgs(1),
		long:    `The exit code is 1 when it comes out otherwise than it was stored.`,
		example: `  scf policy replay 12 --as bank2/maker`,
		run: func(ctx context.Context, args []string) error {
			number, err := strconv.ParseUint(args[0], 10, 64)
			if err != nil {
				return code.BadArgument.New("%.20q is no decision", args[0])
			}
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			r, err := s.Replay(ctx, number)
			if err != nil {
				return err
			}
			err = a.print(r, func(w io.Writer) {
				a.writeDecision(w, &r.Again, s.names(ctx))
				if r.Same {
					fmt.Fprintln(w, "as it was decided then")
				}
			})
			if err == nil && !r.Same {
				err = fmt.Errorf("decision %d was %s then: the node's program decides otherwise today", number, r.Decision.Outcome)
			}
			return err
		},
	})
}
