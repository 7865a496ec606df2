"""A Kubernetes of its own: etcd and the API server on free ports of 127.0.0.1, and nothing else.
What other parts would do (run pods, make Secrets of tokens) is done here by hand, as far as a test
needs it. tools/setup-kubernetes builds the programs."""

import base64
import json
import pathlib
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

PROGRAMS = pathlib.Path(__file__).parents[4] / "build/deps/kubernetes/bin"
PATIENCE = 120  # For a start; it takes four seconds on a machine that has nothing else to do.
ISSUER = "https://kubernetes.default.svc"
ADMIN = "the-token-of-an-admin"
NAMESPACE = "signet"  # Where the broker's own account is.


def is_built():
    return (PROGRAMS / "kube-apiserver").exists()


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Answer:
    def __init__(self, status, content_type, text):
        self.status = status
        self.content_type = content_type.partition(";")[0].strip().lower()
        self.text = text

    @property
    def json(self):
        return json.loads(self.text)


class Cluster:
    def __init__(self):
        self._folder = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self._folder.name)
        self._processes = {}
        self._make_keys()
        for tries_left in (2, 1, 0):
            try:
                self._start()
                break
            except AssertionError:  # Somebody else may have taken one of the ports.
                self._stop_processes()
                if tries_left == 0:
                    raise
        self.grant_reviews(NAMESPACE, "broker")
        self.ca_file = self.folder / "certificates/apiserver.crt"
        self.token_file = self.folder / "token"
        self.token_file.write_text(self.token(NAMESPACE, "broker", [ISSUER]))

    def _make_keys(self):
        self._key = self.folder / "service-accounts.key"
        subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt",
                        "rsa_keygen_bits:2048", "-out", self._key],
                       check=True, capture_output=True)
        (self.folder / "admins.csv").write_text(f'{ADMIN},admin,admin,"system:masters"\n')

    def _start(self):
        self._etcd, peers, self._port = free_ports(3)
        self.url = f"https://127.0.0.1:{self._port}"
        self._run("etcd", f"--data-dir={self.folder}/etcd", "--unsafe-no-fsync",
                  f"--listen-client-urls=http://127.0.0.1:{self._etcd}",
                  f"--advertise-client-urls=http://127.0.0.1:{self._etcd}",
                  f"--listen-peer-urls=http://127.0.0.1:{peers}",
                  f"--initial-advertise-peer-urls=http://127.0.0.1:{peers}",
                  f"--initial-cluster=default=http://127.0.0.1:{peers}")
        self.start_api_server()

    def start_api_server(self):
        """At the same port as before; it makes itself a certificate if it has none."""
        self._run("kube-apiserver", f"--etcd-servers=http://127.0.0.1:{self._etcd}",
                  "--bind-address=127.0.0.1", f"--secure-port={self._port}", "--insecure-port=0",
                  f"--cert-dir={self.folder}/certificates",
                  f"--service-account-key-file={self._key}",
                  f"--service-account-signing-key-file={self._key}",
                  f"--service-account-issuer={ISSUER}", f"--api-audiences={ISSUER}",
                  f"--token-auth-file={self.folder}/admins.csv", "--authorization-mode=RBAC",
                  "--service-cluster-ip-range=10.0.0.0/24", "--advertise-address=127.0.0.1",
                  "--disable-admission-plugins=ServiceAccount")
        self._await_ready()

    def stop_api_server(self):
        self._stop("kube-apiserver")

    def forget_certificate(self):
        """The API server, which does not run now, gets another one of another CA."""
        shutil.rmtree(self.folder / "certificates")

    def _run(self, program, *arguments):
        with open(self.folder / f"{program}.log", "ab") as log:
            # setpriv: it does not outlive us, whatever ends us.
            self._processes[program] = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", PROGRAMS / program, *arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def _await_ready(self):
        end = time.monotonic() + PATIENCE
        while True:
            ended = any(process.poll() is not None for process in self._processes.values())
            if ended or time.monotonic() > end:
                log = (self.folder / "kube-apiserver.log").read_text(errors="replace")
                raise AssertionError(f"the API server does not start: {log[-2000:]}")
            try:
                if self.ask("GET", "/readyz").status == 200:
                    return
            except OSError:  # Nobody listens yet, or its certificate is not there.
                pass
            time.sleep(0.1)

    def close(self):
        self._stop_processes()
        self._folder.cleanup()

    def _stop(self, program):
        process = self._processes.pop(program)
        process.kill()
        process.wait(PATIENCE)

    def _stop_processes(self):
        for program in reversed(list(self._processes)):
            self._stop(program)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def ask(self, verb, path, body=None, token=ADMIN, accept="application/json"):
        """Any Answer, whatever its status."""
        context = ssl.create_default_context(cafile=self.folder / "certificates/apiserver.crt")
        request = urllib.request.Request(
            self.url + path, method=verb, data=json.dumps(body).encode() if body else None,
            headers={"Authorization": f"Bearer {token}", "Accept": accept,
                     "Content-Type": "application/json"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}),
                                             urllib.request.HTTPSHandler(context=context))
        try:
            answer = opener.open(request, timeout=PATIENCE)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return Answer(answer.status, answer.headers.get("Content-Type", ""),
                          answer.read().decode())

    def must(self, verb, path, body=None):
        """What an admin asks for, and gets."""
        answer = self.ask(verb, path, body)
        assert answer.status in (200, 201, 202), f"{verb} {path}: {answer.status} {answer.text}"
        return answer.json

    def make_namespace(self, name):
        if self.ask("GET", f"/api/v1/namespaces/{name}").status == 404:
            self.must("POST", "/api/v1/namespaces", {"metadata": {"name": name}})

    def make_account(self, namespace, name, annotations=None):
        """Its uid."""
        self.make_namespace(namespace)
        account = self.must("POST", f"/api/v1/namespaces/{namespace}/serviceaccounts",
                            {"metadata": {"name": name, "annotations": annotations or {}}})
        return account["metadata"]["uid"]

    def account(self, namespace, name):
        return self.must("GET", f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}")

    def delete_account(self, namespace, name):
        self.must("DELETE", f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}")

    def make_pod(self, namespace, name, account):
        """An object alone: nobody runs it."""
        self.must("POST", f"/api/v1/namespaces/{namespace}/pods",
                  {"metadata": {"name": name},
                   "spec": {"serviceAccountName": account,
                            "containers": [{"name": "main", "image": "none"}]}})

    def delete_pod(self, namespace, name):
        self.must("DELETE", f"/api/v1/namespaces/{namespace}/pods/{name}",
                  {"gracePeriodSeconds": 0})

    def token(self, namespace, name, audiences, seconds=3600, pod=None):
        """As kubelet gets one; bound to a pod if there is one."""
        spec = {"audiences": audiences, "expirationSeconds": seconds}
        if pod:
            spec["boundObjectRef"] = {"kind": "Pod", "apiVersion": "v1", "name": pod}
        answer = self.must(
            "POST", f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token",
            {"spec": spec})
        return answer["status"]["token"]

    def sign(self, payload):
        """A token with any payload, by the very key of the cluster."""
        head = base64url(b'{"alg":"RS256"}')
        signing_input = f"{head}.{base64url(json.dumps(payload).encode())}"
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self._key],
                                   input=signing_input.encode(), check=True,
                                   capture_output=True).stdout
        return f"{signing_input}.{base64url(signature)}"

    def older_token(self, namespace, name, uid):
        """As the token controller used to put them into Secrets: without an end."""
        secret = f"{name}-token"
        prefix = "kubernetes.io/serviceaccount"
        token = self.sign({
            "iss": "kubernetes/serviceaccount", f"{prefix}/namespace": namespace,
            f"{prefix}/secret.name": secret,
            f"{prefix}/service-account.name": name, f"{prefix}/service-account.uid": uid,
            "sub": f"system:serviceaccount:{namespace}:{name}"})
        self.must("POST", f"/api/v1/namespaces/{namespace}/secrets", {
            "metadata": {"name": secret,
                         "annotations": {"kubernetes.io/service-account.name": name,
                                         "kubernetes.io/service-account.uid": uid}},
            "type": "kubernetes.io/service-account-token",
            "data": {"token": base64.b64encode(token.encode()).decode()}})
        return token

    def grant_reviews(self, namespace, name):
        """Makes an account with all that a broker needs, and no more."""
        self.make_account(namespace, name)
        rules = [{"apiGroups": ["authentication.k8s.io"], "resources": ["tokenreviews"],
                  "verbs": ["create"]},
                 {"apiGroups": [""], "resources": ["serviceaccounts"], "verbs": ["get"]},
                 {"nonResourceURLs": ["/.well-known/openid-configuration", "/openid/v1/jwks"],
                  "verbs": ["get"]}]
        roles = "/apis/rbac.authorization.k8s.io/v1"
        self.must("POST", f"{roles}/clusterroles",
                  {"metadata": {"name": f"{namespace}-{name}"}, "rules": rules})
        self.must("POST", f"{roles}/clusterrolebindings",
                  {"metadata": {"name": f"{namespace}-{name}"},
                   "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole",
                               "name": f"{namespace}-{name}"},
                   "subjects": [{"kind": "ServiceAccount", "namespace": namespace,
                                 "name": name}]})
