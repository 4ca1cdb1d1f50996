//go:build tools

// Package oldest pins the oldest API server that nopea works with and that a present Go still builds, with its controllers.
package oldest

import (
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager"
)
