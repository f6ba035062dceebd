package membertest

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// Scenario runs the commands of a text file on one network:
//
//	network             one firm a line: NAME roles [validator] [sponsor=BANK]
//	call FUNCTION by=FIRM/person [quorum=checker|...]   with the JSON argument
//	wait DURATION       moves the clock
//	read KEY            shows a record of the kinds in kinds below
//
// In arguments @FIRM stands for a member's id, %FIRM/person for a key's id and
// key(FIRM/person roles [in=DURATION] [for=DURATION] [signed=FIRM/person]
// [person=PERSON]) for a request to register a key. Output shows ids the same way.
type Scenario struct {
	Network   *Network
	Functions map[string]Function
	short     map[string]string // id to @FIRM or %FIRM/person
}

// Run executes one command.
func (s *Scenario) Run(t *testing.T, d *datadriven.TestData) string {
	t.Helper()
	switch d.Cmd {
	case "network":
		firms := s.firms(t, d.Input)
		s.Network, s.short = New(t, firms...), map[string]string{}
		for _, f := range firms {
			s.short[ID(f.Name)] = "@" + f.Name
		}
		return ""
	case "wait":
		length, err := time.ParseDuration(d.CmdArgs[0].Key)
		if err != nil {
			t.Fatal(err)
		}
		s.Network.Now = s.Network.Now.Add(length)
		return s.Network.Now.String() + "\n"
	case "call":
		return s.call(t, d)
	case "read":
		return s.read(t, s.Expand(t, d.CmdArgs[0].Key))
	}
	t.Fatalf("%s: unknown command %s", d.Pos, d.Cmd)
	return ""
}

func (s *Scenario) firms(t *testing.T, text string) []Firm {
	t.Helper()
	var firms []Firm
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		f := Firm{Name: fields[0], Roles: roleSet[record.Roles](t, fields[1])}
		for _, field := range fields[2:] {
			if sponsor, ok := strings.CutPrefix(field, "sponsor="); ok {
				f.Sponsor = sponsor
			}
			f.Validator = f.Validator || field == "validator"
		}
		firms = append(firms, f)
	}
	return firms
}

func roleSet[T any](t *testing.T, commas string) T {
	t.Helper()
	names, err := json.Marshal(strings.Split(commas, ","))
	if err != nil {
		t.Fatal(err)
	}
	var set T
	if err := json.Unmarshal(names, &set); err != nil {
		t.Fatal(err)
	}
	return set
}

func (s *Scenario) call(t *testing.T, d *datadriven.TestData) string {
	t.Helper()
	name, signer, quorum := d.CmdArgs[0].Key, "", ""
	d.MaybeScanArgs(t, "by", &signer)
	d.MaybeScanArgs(t, "quorum", &quorum)
	fn, ok := s.Functions[name]
	if !ok {
		t.Fatalf("%s: no function %s", d.Pos, name)
	}
	argument := s.Expand(t, d.Input)
	if argument == "" {
		argument = "{}"
	}
	return s.Transact(t, signer, func(w *world.World) (result any, err error) {
		actor := w.Actor()
		actor.Quorum = Quorum(quorum)
		err = w.As(actor, func() error {
			result, err = fn(w, []byte(argument))
			return err
		})
		return result, err
	})
}

// Transact runs fn as one transaction of a signer, or of the sweep for "", and
// reports what came of it.
func (s *Scenario) Transact(t *testing.T, signer string, fn func(*world.World) (any, error)) string {
	t.Helper()
	if signer != "" {
		s.short[KeyID(signer).String()] = "%" + signer
	}
	var result any
	effects, err := s.Network.Do(signer, func(w *world.World) (err error) {
		result, err = fn(w)
		return err
	})
	return s.report(t, result, effects, err)
}

// Name makes output show an id by a name.
func (s *Scenario) Name(id, name string) { s.short[id] = name }

// report writes what came of a call: result or refusal, then notices and flags.
func (s *Scenario) report(t *testing.T, result any, effects record.Effects, err error) string {
	t.Helper()
	var b strings.Builder
	switch refusal := code.Of(err); {
	case err == nil:
		fmt.Fprintf(&b, "ok %s\n", compact(t, result))
	case refusal == nil:
		fmt.Fprintf(&b, "error %v\n", err)
	default:
		fmt.Fprintf(&b, "refused %s\n", refusal.Error())
	}
	for _, n := range effects.Notices {
		fmt.Fprintf(&b, "notice %s %s to %s", n.Kind, n.Subject, strings.Join(n.Members, " "))
		if len(n.Opens) > 0 {
			fmt.Fprintf(&b, ", opens %s", strings.Join(n.Opens, " "))
		}
		if len(n.Closes) > 0 {
			fmt.Fprintf(&b, ", closes %s", strings.Join(n.Closes, " "))
		}
		b.WriteByte('\n')
	}
	for _, in := range effects.Decision.Inputs {
		fmt.Fprintf(&b, "rule %s: %s\n", in.Rule, in.Facts)
	}
	return s.shorten(b.String())
}

// Quorum is the quorum with this text form, 0 for the empty text.
func Quorum(text string) record.Quorum {
	for q := record.QuorumChecker; q <= record.QuorumBanks; q++ {
		if q.String() == text {
			return q
		}
	}
	return 0
}

func (s *Scenario) read(t *testing.T, key string) string {
	t.Helper()
	data, err := s.Network.Memory.Get(key)
	if err != nil {
		t.Fatal(err)
	}
	if data == nil {
		return "none\n"
	}
	kinds := []struct {
		prefix string
		record any
	}{
		{"member/", new(record.Member)}, {"credential/", new(record.Credential)}, {"proposal/", new(record.Proposal)},
		{"validator/", new(record.Validator)}, {"stop/", new(record.Stop)}, {"line/", new(record.Line)},
		{"settings/", new(record.Settings)},
	}
	for _, k := range kinds {
		if !strings.HasPrefix(key, k.prefix) {
			continue
		}
		v := k.record
		switch {
		case strings.Contains(key, "/account/"):
			v = new(record.Account)
		case strings.HasSuffix(key, "/policy"):
			v = new(record.Policy)
		}
		if err := record.Decode(data, v); err != nil {
			t.Fatal(err)
		}
		return s.shorten(compact(t, v) + "\n")
	}
	t.Fatalf("no record is read at %s", key)
	return ""
}

func compact(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var (
	keyMacro    = regexp.MustCompile(`key\(([^)]*)\)`)
	idMacro     = regexp.MustCompile(`@([A-Z][A-Z0-9-]*)`)
	signerMacro = regexp.MustCompile(`%([A-Z][A-Z0-9-]*/[a-z0-9]+)`)
)

// Expand replaces @FIRM, %FIRM/person and key(...) in a text.
func (s *Scenario) Expand(t *testing.T, text string) string {
	t.Helper()
	text = keyMacro.ReplaceAllStringFunc(text, func(m string) string {
		return s.request(t, strings.Fields(keyMacro.FindStringSubmatch(m)[1]))
	})
	text = signerMacro.ReplaceAllStringFunc(text, func(m string) string {
		id := KeyID(m[1:]).String()
		s.short[id] = m
		return id
	})
	return idMacro.ReplaceAllStringFunc(text, func(m string) string {
		id := ID(m[1:])
		s.short[id] = m
		return id
	})
}

// request is the JSON of a credential request.
func (s *Scenario) request(t *testing.T, fields []string) string {
	t.Helper()
	signer, roles := fields[0], roleSet[record.PersonRoles](t, fields[1])
	firm, _, _ := strings.Cut(signer, "/")
	s.short[KeyID(signer).String()], s.short[ID(firm)] = "%"+signer, "@"+firm
	in := Credential(signer, roles, s.Network.Now)
	for _, field := range fields[2:] {
		option, value, _ := strings.Cut(field, "=")
		switch option {
		case "in", "for":
			length, err := time.ParseDuration(value)
			if err != nil {
				t.Fatal(err)
			}
			if option == "in" {
				in.NotBefore = s.Network.Now.Add(length)
			} else {
				in.NotAfter = in.NotBefore.Add(length)
			}
		case "signed":
			in.Possession = Credential(value, roles, calendar.Instant(0)).Possession
		case "person":
			in.Person = value
			in.Possession = possession(signer, value)
		default:
			t.Fatalf("unknown option %s of a key", option)
		}
	}
	return compact(t, in)
}

// shorten shows ids by the names they have in the scenario.
func (s *Scenario) shorten(text string) string {
	for _, id := range slices.Sorted(maps.Keys(s.short)) {
		text = strings.ReplaceAll(text, id, s.short[id])
	}
	return text
}
