package devnet

import "testing"

// Eighty nodes on one machine all listen somewhere else.
func TestFreeAddressesDiffer(t *testing.T) {
	list, err := listen(0, 80)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, at := range list {
		for _, a := range []string{at.peer, at.api} {
			if seen[a] {
				t.Errorf("%s was given twice", a)
			}
			seen[a] = true
		}
	}
}
