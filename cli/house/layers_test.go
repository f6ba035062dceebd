package house_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

const module = "github.com/tierledger/tierledger/"

// A row allows one package, or with "/..." also those below it, to import the
// packages named. The table in docs/architecture.md is for reading; this one is
// checked. A new edge is a change here, with a reason in its commit.
type row struct {
	pkg   string
	allow []string
}

var (
	values  = []string{"chaincode/code", "chaincode/money", "chaincode/interval", "chaincode/calendar", "chaincode/number"}
	records = append(slices.Clone(values), "chaincode/record")
	logic   = append(slices.Clone(records), "chaincode/world")
	// contracts are the pure contract packages, each of which may import those to
	// its left.
	contracts = []string{
		"chaincode/member", "chaincode/rules", "chaincode/approval", "chaincode/credit", "chaincode/evidence", "chaincode/certificate",
		"chaincode/settlement", "chaincode/registration", "chaincode/financing", "chaincode/clearing", "chaincode/alert",
	}
	pure = slices.Concat(logic, contracts)
)

// layers is in order: a row names only packages of rows above it, so that arrows
// go one way and no cycle can be allowed.
var layers = []row{
	{"crypto/credential", nil},
	{"crypto/jws", []string{"crypto/credential"}},
	{"crypto/envelope", []string{"crypto/credential"}},
	{"crypto/keystore", []string{"crypto/credential", "crypto/envelope"}}, // both kinds of keys lie in files
	{"crypto/merkle", nil},

	{"chaincode/code", nil},
	{"chaincode/money", []string{"chaincode/code"}},
	{"chaincode/interval", []string{"chaincode/code", "chaincode/money"}},
	{"chaincode/calendar", []string{"chaincode/code"}},
	{"chaincode/number", []string{"chaincode/code", "chaincode/calendar"}},
	{"chaincode/record", values},
	{"chaincode/world", records},
	{"chaincode/member", append([]string{"crypto/credential"}, logic...)},
	{"chaincode/rules", slices.Concat(logic, contracts[:1])},
	{"chaincode/approval", slices.Concat(logic, contracts[:2])},
	{"chaincode/credit", slices.Concat(logic, contracts[:3])},
	{"chaincode/evidence", slices.Concat(logic, contracts[:4])},
	{"chaincode/certificate", slices.Concat(logic, contracts[:5])},
	// The value flow knows no financing; the registry asks it whether a payment is instructed.
	{"chaincode/settlement", slices.Concat(logic, contracts[:6])},
	{"chaincode/registration", slices.Concat(logic, contracts[:7])},
	{"chaincode/financing", slices.Concat(logic, contracts[:8])},
	{"chaincode/clearing", slices.Concat(logic, contracts[:9])},
	{"chaincode/alert", slices.Concat(logic, contracts[:2])},
	{"chaincode", pure},
	{"chaincode/cmd/scfcc", []string{"chaincode"}},

	{"ledger/store", nil},
	{"ledger/stub", []string{"ledger/store"}},
	{"ledger/admission", append([]string{"ledger/store", "crypto/jws", "crypto/credential", "chaincode/member"}, records...)},
	{"ledger/outcome", append([]string{"ledger/store"}, records...)},
	{"ledger/view", append([]string{"ledger/store", "ledger/outcome"}, records...)},
	// Reports are of the state, the outcomes and the read model; some count days as the rules do.
	{"ledger/report", append([]string{"ledger/store", "ledger/outcome", "ledger/view"}, pure...)},
	// Execution reads the transactions that admission parsed, and its block's one batch
	// carries outcomes and the read model's rows.
	{"ledger/execute", append([]string{"ledger/store", "ledger/stub", "ledger/outcome", "ledger/view", "ledger/admission", "crypto/jws", "crypto/merkle"}, records...)},
	{"ledger/audit", append([]string{"ledger/store", "ledger/admission", "ledger/outcome", "ledger/view", "crypto/merkle"}, pure...)},

	{"p2p/host", []string{"crypto/..."}},
	{"node/consensus", append([]string{"ledger/...", "p2p/host", "crypto/..."}, records...)},
	{"node/iso20022", values},
	// What a bank's message means for a leg is said in the contract's own words.
	// What is sealed of an account, and the commitment to it, are the envelope's.
	{"node/reconcile", append([]string{"node/iso20022", "chaincode/clearing", "crypto/envelope"}, records...)},
	{"node/local", []string{"ledger/store"}},
	// An enrolment is checked as the contract will; what is linked or recovered is said in
	// its words.
	{"node/enrol", append([]string{"node/local", "chaincode/member", "crypto/credential"}, records...)},
	{"node/attach", append([]string{"node/local", "chaincode/member"}, records...)},
	{"node/bankdesk", append([]string{"node/local", "node/reconcile", "node/iso20022", "chaincode/clearing"}, records...)},
	// Facts for a bank's policy come from the state and from the read model.
	{"node/policy", append([]string{"node/local", "ledger/store", "ledger/view", "chaincode/member"}, records...)},
	{"node/sheet", values},
	// What stands in the way of a row is said as the contract will say it.
	{"node/payables", append([]string{"node/sheet"}, pure...)},
	// A statement is printed as the report has it.
	{"node/paper", append([]string{"ledger/report"}, pure...)},
	{"node/access", append([]string{"ledger/store", "ledger/view", "ledger/report", "chaincode/member"}, records...)},
	// What members are told is what they may see.
	{"node/notify", append([]string{"node/local", "node/access", "ledger/store", "ledger/view", "chaincode/member"}, records...)},
	// The API serves the text that the registry's form takes, as the contracts write it, and
	// the clauses of the rules.
	{"node/api", append([]string{"node/bankdesk", "node/reconcile", "node/iso20022", "chaincode/clearing", "crypto/envelope", "node/notify", "node/enrol", "node/attach", "chaincode/member", "node/access", "node/paper", "node/payables", "node/sheet", "node/policy", "ledger/report", "chaincode/registration", "chaincode/rules", "ledger/store", "ledger/outcome", "ledger/view", "ledger/admission", "crypto/jws", "crypto/credential"}, records...)},
	{"node/console", nil},
	{"node/client", append([]string{"crypto/jws", "crypto/keystore", "crypto/credential"}, records...)},
	{"network/banksim", append([]string{"node/iso20022"}, values...)},
	{"network/genesis", append([]string{"crypto/credential"}, pure...)},
	{"node", []string{"node/...", "network/genesis", "ledger/...", "p2p/...", "chaincode/...", "crypto/..."}},
	{"network/devnet", []string{"node/...", "network/genesis", "ledger/...", "p2p/...", "chaincode/...", "crypto/..."}},
	{"network/load", []string{"network/devnet", "node/...", "network/genesis", "ledger/...", "p2p/...", "chaincode/...", "crypto/..."}},

	{"cli/importer", []string{"network/...", "node/...", "ledger/...", "chaincode/...", "crypto/..."}},
	{"cli/command", []string{"cli/importer", "network/...", "node/...", "ledger/...", "p2p/...", "chaincode/...", "crypto/..."}},
	{"cli/scf", []string{"cli/command"}},
	{"cli/house", nil},
}

// owners names the packages that alone import a heavy dependency, so that the rest
// of the code base could live with another. A dependency is a path prefix.
var owners = []row{
	{"github.com/cometbft", []string{"node/consensus"}},
	{"github.com/cockroachdb/pebble", []string{"ledger/store", "node/consensus"}},
	{"github.com/libp2p", []string{"p2p/host", "node/consensus"}},
	{"github.com/multiformats", []string{"p2p/host", "node/consensus"}},
	{"github.com/hyperledger/fabric-contract-api-go", []string{"chaincode"}},
	{"github.com/hyperledger/fabric-chaincode-go", []string{"chaincode", "chaincode/cmd/scfcc", "ledger/stub", "ledger/execute"}},
	{"github.com/hyperledger/fabric-protos-go-apiv2", []string{"chaincode", "ledger/stub", "ledger/execute"}},
	{"github.com/cloudflare/circl", nil},
	{"github.com/oasisprotocol/curve25519-voi", []string{"crypto/credential"}},
	{"github.com/danielgtaylor/huma", []string{"node/api"}},
	{"cel.dev/cel-go", []string{"node/policy"}},
	{"github.com/spf13/cobra", []string{"cli/command", "cli/scf"}},
	{"github.com/fxamacker/cbor", []string{"chaincode/record"}},
	{"github.com/xuri/excelize", []string{"node/sheet"}},
	{"github.com/wneessen/go-mail", []string{"node/notify"}},
	{"codeberg.org/go-pdf/fpdf", []string{"node/paper"}},
	{"github.com/skip2/go-qrcode", []string{"node/paper"}},
}

// matches reports whether pkg is the named package, or below it where the name
// ends in "/...".
func matches(pkg, name string) bool {
	prefix, subtree := strings.CutSuffix(name, "/...")
	return pkg == prefix || subtree && strings.HasPrefix(pkg, prefix+"/")
}

// under reports whether path is the folder or below it, across major versions.
func under(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}

// support reports whether a package only serves tests: its name ends in "test" and
// it imports testing. It needs no row, and only tests may import it.
func support(p *packages.Package) bool {
	return strings.HasSuffix(p.PkgPath, "test") && p.Imports["testing"] != nil
}

// layerFaults gives what is wrong with one package's imports.
func layerFaults(pkg string, imports []string) (faults []string) {
	n := slices.IndexFunc(layers, func(r row) bool { return matches(pkg, r.pkg) })
	if n < 0 {
		return []string{fmt.Sprintf("%s has no row in the package table", pkg)}
	}
	for _, imp := range imports {
		if own, ok := strings.CutPrefix(imp, module); ok {
			if !slices.ContainsFunc(layers[n].allow, func(name string) bool { return matches(own, name) }) {
				faults = append(faults, fmt.Sprintf("%s imports %s; it may import %v", pkg, own, layers[n].allow))
			}
			continue
		}
		for _, o := range owners {
			if under(imp, o.pkg) && !slices.Contains(o.allow, pkg) {
				faults = append(faults, fmt.Sprintf("%s imports %s, which belongs to %v", pkg, imp, o.allow))
			}
		}
	}
	return faults
}

// packageFaults gives what is wrong with the imports of a loaded package.
func packageFaults(p *packages.Package) (faults []string) {
	if len(p.GoFiles) == 0 || support(p) {
		return nil // for tests only
	}
	imports := slices.Sorted(maps.Keys(p.Imports))
	for _, path := range imports {
		if path == "testing" || support(p.Imports[path]) {
			faults = append(faults, fmt.Sprintf("%s imports %s, which is for tests", p.PkgPath, path))
		}
	}
	return append(faults, layerFaults(strings.TrimPrefix(p.PkgPath, module), imports)...)
}

func TestPackagesImportOnlyWhatTheTableAllows(t *testing.T) {
	loaded, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedFiles | packages.NeedImports, Dir: "../.."}, "./...")
	if err != nil {
		t.Fatal(err)
	}
	if len(loaded) < 10 {
		t.Fatalf("found only %d packages", len(loaded))
	}
	for _, p := range loaded {
		for _, fault := range packageFaults(p) {
			t.Error(fault)
		}
	}
}

// Every row names only packages of earlier rows, except a subtree that contains
// the row itself, which may name what is below it.
func TestTableGoesOneWay(t *testing.T) {
	for n, r := range layers {
		for _, name := range r.allow {
			covered := false
			for m, other := range layers {
				if !matches(other.pkg, name) {
					continue
				}
				covered = true
				if m > n {
					t.Errorf("row %s allows %s, which is to its right", r.pkg, other.pkg)
				}
			}
			if !covered {
				t.Errorf("row %s allows %s, which has no row", r.pkg, name)
			}
		}
	}
	for _, o := range owners {
		for _, pkg := range o.allow {
			if !slices.ContainsFunc(layers, func(r row) bool { return matches(pkg, r.pkg) }) {
				t.Errorf("%s belongs to %s, which has no row", o.pkg, pkg)
			}
		}
	}
}

func TestLayerFaultsAreFound(t *testing.T) {
	for _, c := range []struct {
		pkg, imp, want string
	}{
		{"chaincode/money", module + "chaincode/interval", "chaincode/money imports chaincode/interval"},
		{"crypto/merkle", module + "crypto/credential", "crypto/merkle imports crypto/credential"},
		{"ledger/store", module + "node", "ledger/store imports node"},
		{"chaincode/certificate", module + "ledger/store", "chaincode/certificate imports ledger/store"},
		{"cli/scf", module + "node", "cli/scf imports node"},
		{"chaincode/somewhere", "fmt", "chaincode/somewhere has no row"},
		{"node/api", "github.com/cockroachdb/pebble/v2", "node/api imports github.com/cockroachdb/pebble/v2, which belongs to"},
		{"ledger/execute", "github.com/cometbft/cometbft-db", "which belongs to [node/consensus]"},
		{"crypto/jws", "github.com/cloudflare/circl/sign", "which belongs to []"},
		{"chaincode/world", "github.com/hyperledger/fabric-chaincode-go/v2/shim", "which belongs to [chaincode chaincode/cmd/scfcc"},
		{"chaincode/world", "github.com/fxamacker/cbor/v2", "which belongs to [chaincode/record]"},
	} {
		if got := layerFaults(c.pkg, []string{c.imp}); len(got) != 1 || !strings.Contains(got[0], c.want) {
			t.Errorf("%s importing %s: %q, want %q", c.pkg, c.imp, got, c.want)
		}
	}
	for _, c := range []struct{ pkg, imp string }{
		{"chaincode/interval", module + "chaincode/money"},
		{"ledger/store", "github.com/cockroachdb/pebble/v2/vfs"},
		{"node", module + "chaincode"},
		{"node/consensus", "github.com/cometbft/cometbft/abci/types"},
		{"chaincode/money", "math/bits"},
	} {
		if got := layerFaults(c.pkg, []string{c.imp}); len(got) != 0 {
			t.Errorf("%s importing %s: %q, want nothing", c.pkg, c.imp, got)
		}
	}
}

func TestOnlyTestsImportTestSupport(t *testing.T) {
	testing := &packages.Package{PkgPath: "testing"}
	members := &packages.Package{
		PkgPath: module + "chaincode/member/membertest", GoFiles: []string{"a.go"},
		Imports: map[string]*packages.Package{"testing": testing},
	}
	if got := packageFaults(members); len(got) != 0 {
		t.Errorf("test support: %q", got)
	}
	node := &packages.Package{
		PkgPath: module + "node", GoFiles: []string{"a.go"},
		Imports: map[string]*packages.Package{members.PkgPath: members, "testing": testing},
	}
	if got := packageFaults(node); len(got) != 2 || !strings.Contains(got[0], "membertest, which is for tests") {
		t.Errorf("production code that imports test support: %q", got)
	}
}
