#pragma once

// A relay of a test's own: the real aiosmtpd on a port of its own, with STARTTLS and AUTH as told. Prints its
// port, and each mail that it takes as a line of JSON.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/otp/outbound/provider_testing.h"
#include "services/otp/outbound/stub_gateway_testing.h"

namespace tc::otp {

inline constexpr char kRelay[] = R"py(
import asyncio, json, ssl, sys
from aiosmtpd.smtp import SMTP, AuthResult
options = json.loads(sys.argv[1])
never = None
class Handler:
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if options["at"] == "RCPT":
            return options["reply"]
        envelope.rcpt_tos.append(address)
        return "250 OK"
    async def handle_DATA(self, server, session, envelope):
        if options["at"] == "DATA":
            return options["reply"]
        if options["at"] == "SLOW":
            await never.wait()
        if options["at"] == "CUT":
            server.transport.abort()
            return "250 OK"
        print(json.dumps({"from": envelope.mail_from, "to": envelope.rcpt_tos, "helo": session.host_name,
                          "tls": options["tls"] == "implicit" or session.ssl is not None, "data": envelope.content.decode("utf-8")}), flush=True)
        return "250 OK"
def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"otp", b"relay-secret"), handled=False)
async def main():
    global never
    never = asyncio.Event()
    context = None
    if options["tls"]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options["pem"], options["key"])
    starttls = options["tls"] == "starttls"
    factory = lambda: SMTP(Handler(), hostname="relay.example", tls_context=context if starttls else None,
                           require_starttls=starttls, auth_required=options["auth"], authenticator=authenticate,
                           auth_require_tls=bool(options["tls"]) and starttls)
    server = await asyncio.get_event_loop().create_server(
        factory, "127.0.0.1", 0, ssl=context if options["tls"] == "implicit" else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    await never.wait()
asyncio.run(main())
)py";

class Relay {
 public:
  struct Options {
    std::string tls = "starttls";  // or "implicit", ""
    bool auth = true;
    std::string at = {};                 // where it does not do as it is asked: "RCPT", "DATA", "SLOW", "CUT"
    std::string reply = {};              // what it says there
    std::string hosts = "IP:127.0.0.1";  // of its certificate
  };
  Relay() : Relay(Options()) {}
  explicit Relay(const Options& options) : tls_(options.tls) {
    const tls::Files files = authority_.Issue("relay", {.hosts = options.hosts});
    const std::string told = nlohmann::json({{"tls", options.tls},
                                             {"auth", options.auth},
                                             {"at", options.at},
                                             {"reply", options.reply},
                                             {"pem", files.certificate},
                                             {"key", files.private_key}})
                                 .dump();
    const std::string script = dir_.Write("relay.py", kRelay);
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::close(ends[0]);
      ::execl("/usr/bin/python3", "python3", "-W", "ignore", script.c_str(), told.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
    output_ = ::fdopen(ends[0], "r");
    port_ = NextLine();
    EXPECT_FALSE(port_.empty()) << "aiosmtpd does not start: Debian's python3-aiosmtpd";
  }
  ~Relay() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    ::fclose(output_);
  }
  std::string url() const {
    return absl::StrCat(tls_ == "implicit" ? "smtps" : "smtp", "://127.0.0.1:", port_);
  }
  const std::string& ca_file() const { return authority_.ca_file(); }
  // The next mail that it took.
  nlohmann::json Mail() { return nlohmann::json::parse(NextLine(), nullptr, false); }

 private:
  std::string NextLine() {
    std::string line;
    for (int c = std::fgetc(output_); c != EOF && c != '\n'; c = std::fgetc(output_))
      line += static_cast<char>(c);
    return line;
  }

  ConfigDir dir_;
  testing::Authority authority_{dir_.root()};
  const std::string tls_;
  pid_t child_ = -1;
  FILE* output_ = nullptr;
  std::string port_;
};

}  // namespace tc::otp
