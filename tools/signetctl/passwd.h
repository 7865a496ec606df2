// signetctl passwd: changes a file of users.
#pragma once

#include "core/base/secret_bytes.h"
#include "core/base/status.h"
#include "tools/signetctl/command_line.h"

namespace signet {

// Whether a password can be had by the hash that was chosen.
Status CheckPassword(const PasswdOptions& options, const SecretBytes& password);

// Does it; `password` counts unless the user is to be deleted. The file is replaced whole or not at
// all, where a symbolic link leads, and by one at a time. A new one is its owner's alone (0600);
// one that was there keeps its owner, and loses what others might do with it. A file that would not
// be taken by a broker is not written. The error is a sentence for the operator.
Status Passwd(const PasswdOptions& options, const SecretBytes& password);

}  // namespace signet
