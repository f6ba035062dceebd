//go:build unix

package load

import (
	"runtime"
	"syscall"
	"time"
)

// processorTime is what this process has used so far, in user and kernel.
func processorTime() time.Duration {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// peakMemory is the most memory this process has had resident, in bytes.
func peakMemory() int64 {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return int64(r.Maxrss) //nolint:unconvert // 32 bits wide on some systems
	}
	return int64(r.Maxrss) << 10 //nolint:unconvert // 32 bits wide on some systems
}
