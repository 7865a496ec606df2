#!/usr/bin/python3
"""Writes down what a real API server answers to what ServiceAccountTokenMethod asks.

usage: record.py FOLDER     a file NAME.json for each case; recorded_test.cc replays them
       record.py --check    nothing is written: does an API server still say what the cases expect?

Tokens and keys are of a cluster that is gone when this ends. Exits with 77 if none can be started
(tools/setup-kubernetes).
"""

import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "system/python"))
from support.kubernetes import ISSUER, NAMESPACE, Cluster, is_built  # noqa: E402

REVIEWS = "/apis/authentication.k8s.io/v1/tokenreviews"
DOCUMENTS = "application/json, application/jwk-set+json"
PLANT = "plant"
ANNOTATIONS = {"aio-broker-auth/line": "L1", "aio-broker-auth/role": "sensor",
               "aio-mq-broker-auth/role": "older", "example.com/owner": "nobody"}


class Recorder:
    def __init__(self, cluster):
        self.cluster = cluster
        self.cases = {}

    def record(self, name, token, own_token=None, accounts=(), audience=PLANT):
        """Asks what the method would ask: for a review, and then for each of `accounts`."""
        own_token = own_token or self.cluster.token_file.read_text()
        exchanges = [self._exchange("POST", REVIEWS, own_token, {
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview",
            "spec": {"audiences": [audience], "token": token}})]
        for account in accounts:
            path = f"/api/v1/namespaces/line1/serviceaccounts/{account}"
            exchanges.append(self._exchange("GET", path, own_token))
        return self._keep(name, token, exchanges)

    def record_keys(self, name, token):
        own_token = self.cluster.token_file.read_text()
        return self._keep(name, token, [
            self._exchange("GET", path, own_token, accept=DOCUMENTS)
            for path in ("/.well-known/openid-configuration", "/openid/v1/jwks")])

    def _exchange(self, verb, path, own_token, body=None, accept="application/json"):
        answer = self.cluster.ask(verb, path, body, own_token, accept)
        return {"path": path, "status": str(answer.status), "type": answer.content_type,
                "body": answer.text}

    def _keep(self, name, token, exchanges):
        self.cases[name] = {"now": str(int(time.time())), "token": token, "exchanges": exchanges}
        return exchanges


def status_of(exchange):
    assert exchange["status"] == "201", exchange
    return json.loads(exchange["body"])["status"]


def expect_refused(exchange):
    status = status_of(exchange)
    assert not status.get("authenticated") and status["error"], status


def record_accepted(recorder):
    cluster = recorder.cluster
    uid = cluster.make_account("line1", "press", ANNOTATIONS)
    cluster.make_account("line1", "bare.account")
    review, account = recorder.record("accepted", cluster.token("line1", "press", ["x", PLANT]),
                                      accounts=["press"])
    status = status_of(review)
    assert status["authenticated"] and status["audiences"] == [PLANT], status
    assert status["user"]["username"] == "system:serviceaccount:line1:press", status
    assert status["user"]["uid"] == uid == json.loads(account["body"])["metadata"]["uid"]
    review, _ = recorder.record("without_attributes",
                                cluster.token("line1", "bare.account", [PLANT]),
                                accounts=["bare.account"])
    assert status_of(review)["authenticated"]


def record_pod(recorder):
    cluster = recorder.cluster
    cluster.make_pod("line1", "press-0", "press")
    token = cluster.token("line1", "press", [PLANT], pod="press-0")
    review, _ = recorder.record("bound_to_a_pod", token, accounts=["press"])
    assert status_of(review)["authenticated"]
    cluster.delete_pod("line1", "press-0")
    # The API server believes what it has found for some ten seconds.
    end = time.monotonic() + 30
    while status_of(recorder.record("pod_is_gone", token)[0]).get("authenticated"):
        assert time.monotonic() < end
        time.sleep(1)
    expect_refused(recorder.record("pod_is_gone", token)[0])


def record_refused(recorder):
    cluster = recorder.cluster
    good = cluster.token("line1", "press", [PLANT])
    uid = cluster.account("line1", "press")["metadata"]["uid"]
    expect_refused(recorder.record("other_audience", cluster.token("line1", "press", ["x"]))[0])
    expect_refused(recorder.record("of_the_api_server",
                                   cluster.token("line1", "press", [ISSUER]))[0])
    head, payload, signature = good.split(".")
    forged = f"{head}.{payload}.{signature[:-8]}AAAAAAAA"
    expect_refused(recorder.record("forged", forged)[0])
    now = int(time.time())
    for name, end in (("signed_by_hand", now + 600), ("expired", now - 120)):
        signed = cluster.sign({
            "iss": ISSUER, "aud": [PLANT], "exp": end, "nbf": now - 700, "iat": now - 700,
            "sub": "system:serviceaccount:line1:press",
            "kubernetes.io": {"namespace": "line1",
                              "serviceaccount": {"name": "press", "uid": uid}}})
        review = recorder.record(name, signed)[0]
        if name == "expired":
            expect_refused(review)
        else:  # So it is the end alone that is refused.
            assert status_of(review)["authenticated"], review
            del recorder.cases[name]


def record_gone(recorder):
    cluster = recorder.cluster
    cluster.make_account("line1", "gone")
    token = cluster.token("line1", "gone", [PLANT])
    review, account = recorder.record("account_goes_between", token, accounts=["gone"])
    assert status_of(review)["authenticated"]
    cluster.delete_account("line1", "gone")
    # As if it had been deleted after the review: that stays, and the look-up is made again.
    recorder.cases["account_goes_between"]["exchanges"] = [
        review, recorder.record("account_is_gone", token, accounts=["gone"])[1]]
    end = time.monotonic() + 30
    while status_of(recorder.record("account_is_gone", token)[0]).get("authenticated"):
        assert time.monotonic() < end
        time.sleep(1)


def record_older(recorder):
    cluster = recorder.cluster
    uid = cluster.make_account("line1", "older")
    token = cluster.older_token("line1", "older", uid)
    expect_refused(recorder.record("older_token_for_us", token)[0])
    # They are for those whom the API server itself is for.
    review, _ = recorder.record("older_token", token, accounts=["older"], audience=ISSUER)
    assert status_of(review)["audiences"] == [ISSUER], review


def record_own_rights(recorder):
    cluster = recorder.cluster
    good = cluster.token("line1", "press", [PLANT])
    cluster.make_account(NAMESPACE, "nobody")
    nobody = cluster.token(NAMESPACE, "nobody", [ISSUER])
    assert recorder.record("we_are_unknown", good, "x")[0]["status"] == "401"
    assert recorder.record("we_have_no_rights", good, nobody)[0]["status"] == "403"


def record_keys(recorder):
    token = recorder.cluster.token("line1", "press", [PLANT])
    discovery, keys = recorder.record_keys("keys", token)
    assert json.loads(discovery["body"])["issuer"] == ISSUER, discovery
    assert json.loads(keys["body"])["keys"], keys


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if not is_built():
        print("there is no API server; ./tools/setup-kubernetes builds one")
        sys.exit(77)
    with Cluster() as cluster:
        recorder = Recorder(cluster)
        for record in (record_accepted, record_pod, record_refused, record_gone, record_older,
                       record_own_rights, record_keys):
            record(recorder)
    if sys.argv[1] == "--check":
        return
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, case in recorder.cases.items():
        (folder / f"{name}.json").write_text(json.dumps(case, indent=1) + "\n")


if __name__ == "__main__":
    main()
