//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package keystore

import "os"

// lockFile does nothing where the system has no such locks: there one process at a time may add keys.
func lockFile(*os.File) error { return nil }
