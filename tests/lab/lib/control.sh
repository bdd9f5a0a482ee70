# shellcheck shell=bash
# SPDX-FileCopyrightText: 2026 The Netopsy Authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The control plane: certificates, etcd, kube-apiserver, kubeconfigs. It lives in the fabric's
# namespace, so its ports are always free and this machine reaches it at one address.

certs_make() {
	local dir=$LAB_DIR/pki
	mkdir -p "$dir"
	(
		cd "$dir" || exit 1
		openssl ecparam -name prime256v1 -genkey -noout -out ca.key
		openssl req -x509 -new -key ca.key -subj /CN=netopsy-lab-ca -days 365 -out ca.crt
		cert_make server "/CN=kube-apiserver" \
			"subjectAltName=IP:$LAB_CONTROL_IP,IP:$LAB_API_SERVICE_IP,IP:127.0.0.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local"
		cert_make admin "/O=system:masters/CN=lab-admin" "extendedKeyUsage=clientAuth"
		openssl ecparam -name prime256v1 -genkey -noout -out sa.key
	) 2>"$LAB_DIR/log/certs"
	LAB_TOKEN=$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n')
	LAB_LIMITED_TOKEN=$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n')
	printf '%s,lab-token-admin,lab-1,"system:masters"\n%s,limited,lab-2\n' "$LAB_TOKEN" "$LAB_LIMITED_TOKEN" >"$dir/tokens.csv"
}

cert_make() { # cert_make NAME SUBJECT EXTENSION
	openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
	openssl req -new -key "$1.key" -subj "$2" -out "$1.csr"
	openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 365 \
		-extfile <(printf '%s\n' "$3") -out "$1.crt"
	rm -f "$1.csr"
}

kubeconfig_write() { # kubeconfig_write FILE CONTEXT USER-LINES
	cat >"$1" <<-END
		apiVersion: v1
		kind: Config
		current-context: $2
		clusters:
		- name: $2
		  cluster:
		    server: https://$LAB_CONTROL_IP:6443
		    certificate-authority-data: $(base64 -w 0 "$LAB_DIR/pki/ca.crt")
		contexts:
		- name: $2
		  context:
		    cluster: $2
		    user: $2
		users:
		- name: $2
		  user:
		$3
	END
}

kubeconfigs_make() {
	kubeconfig_write "$LAB_DIR/kubeconfig" lab "    client-certificate-data: $(base64 -w 0 "$LAB_DIR/pki/admin.crt")
    client-key-data: $(base64 -w 0 "$LAB_DIR/pki/admin.key")"
	kubeconfig_write "$LAB_DIR/kubeconfig-token" lab-token "    token: $LAB_TOKEN"
	kubeconfig_write "$LAB_DIR/kubeconfig-limited" lab-limited "    token: $LAB_LIMITED_TOKEN"
}

etcd_start() {
	local etcd data=$LAB_DIR/etcd
	etcd=$(find_binary etcd)
	mkdir -p "$data"
	# Its data lies in memory: nothing of a lab is worth waiting for a disk.
	# shellcheck disable=SC2016 # for the inner shell
	spawn etcd nsenter --net="$LAB_NETNS/$LAB_FABRIC" unshare --mount sh -c '
		mount -t tmpfs -o size=512m,mode=700 lab-etcd "$1" && exec env ETCD_UNSUPPORTED_ARCH="$(uname -m | sed s/aarch64/arm64/)" "$2" \
			--name lab --data-dir "$1/data" --log-level warn \
			--listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
			--listen-peer-urls http://127.0.0.1:2380 --initial-advertise-peer-urls http://127.0.0.1:2380 \
			--initial-cluster lab=http://127.0.0.1:2380' sh "$data" "$etcd"
}

apiserver_start() {
	local apiserver pki=$LAB_DIR/pki
	apiserver=$(find_binary kube-apiserver)
	spawn kube-apiserver nsenter --net="$LAB_NETNS/$LAB_FABRIC" "$apiserver" \
		--etcd-servers=http://127.0.0.1:2379 \
		--bind-address="$LAB_CONTROL_IP" --advertise-address="$LAB_CONTROL_IP" --secure-port=6443 \
		--tls-cert-file="$pki/server.crt" --tls-private-key-file="$pki/server.key" \
		--client-ca-file="$pki/ca.crt" --token-auth-file="$pki/tokens.csv" \
		--authorization-mode=RBAC --allow-privileged=true \
		--service-cluster-ip-range="$(if dual; then printf '%s,%s' "$LAB_SERVICE_CIDR" "$LAB_SERVICE_CIDR6"; else printf '%s' "$LAB_SERVICE_CIDR"; fi)" \
		--feature-gates="$(if dual; then printf 'IPv6DualStack=true'; fi)" \
		--service-account-issuer=https://kubernetes.default.svc.cluster.local \
		--service-account-key-file="$pki/sa.key" --service-account-signing-key-file="$pki/sa.key" \
		--disable-admission-plugins=ServiceAccount,TaintNodesByCondition \
		--cert-dir="$LAB_DIR/apiserver"
}

# api_curl ARGUMENT...: curl as the administrator, never by a proxy.
api_curl() {
	curl --silent --show-error --noproxy '*' --max-time 20 --cacert "$LAB_DIR/pki/ca.crt" \
		--cert "$LAB_DIR/pki/admin.crt" --key "$LAB_DIR/pki/admin.key" "$@"
}
api_url() { printf 'https://%s:6443%s' "$LAB_CONTROL_IP" "$1"; }
api_ready() { [[ $(api_curl --max-time 2 "$(api_url /readyz)" 2>/dev/null) == ok ]]; }

api_wait() {
	local until=$(($(now_ms) + 60000)) name
	while ! api_ready; do
		for name in etcd kube-apiserver; do
			process_pid "$name" >/dev/null ||
				die "$LAB_EX_FAIL" "$name ended: $(grep -v '^I' "$LAB_DIR/log/$name" | tail -n 3)" "read $LAB_DIR/log/$name"
		done
		(($(now_ms) < until)) ||
			die "$LAB_EX_FAIL" "kube-apiserver is not ready after a minute" "read $LAB_DIR/log/kube-apiserver"
		sleep 0.1
	done
}
