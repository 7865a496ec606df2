#include "tools/broker/log_sink.h"

#include <pthread.h>
#include <unistd.h>

#include "fmt/format.h"
#include "spdlog/async.h"
#include "spdlog/async_logger.h"
#include "spdlog/pattern_formatter.h"
#include "tools/broker/log_target.h"

namespace signet {
namespace {

constexpr size_t kQueuedLines = 1024;

constexpr const char* kTextPattern = "%Y-%m-%dT%H:%M:%S.%eZ %l %v";
constexpr const char* kJsonPattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})";

spdlog::level::level_enum LevelOf(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

// EscapeForLog() writes malformed bytes as \xNN, which JSON does not know: its backslash is escaped
// again.
std::string EscapeForJson(std::string_view text) {
  std::string escaped = EscapeForLog(text);
  for (size_t at = escaped.find('\\'); at != std::string::npos; at = escaped.find('\\', at + 2)) {
    if (escaped[at + 1] == 'x') escaped.insert(at, 1, '\\');
  }
  return escaped;
}

}  // namespace

std::string TextLine(std::string_view event, std::initializer_list<LogField> fields) {
  std::string line(event);
  for (const LogField& field : fields) {
    line += fmt::format(" {}=\"{}\"", field.name, EscapeForLog(field.value));
  }
  return line;
}

std::string JsonMembers(std::string_view event, std::initializer_list<LogField> fields) {
  std::string line = fmt::format(R"("event":"{}")", EscapeForJson(event));
  for (const LogField& field : fields) {
    line += fmt::format(R"(,"{}":"{}")", field.name, EscapeForJson(field.value));
  }
  return line;
}

BrokerLog::BrokerLog(LogFormat format, LogLevel least) : format_(format), least_(least) {
  Start();
  // It is used on the writer's thread, which ends before either of them.
  WriteTo(std::make_shared<LogTarget>(
      STDERR_FILENO, [writer = writer_.get()] { return writer->queue_size() > 0; }));
}

BrokerLog::BrokerLog(LogFormat format, LogLevel least, std::shared_ptr<spdlog::sinks::sink> target)
    : format_(format), least_(least) {
  Start();
  WriteTo(std::move(target));
}

void BrokerLog::Start() {
  writer_ = std::make_shared<spdlog::details::thread_pool>(
      kQueuedLines, 1, [] { pthread_setname_np(pthread_self(), "log"); });
}

void BrokerLog::WriteTo(std::shared_ptr<spdlog::sinks::sink> target) {
  target->set_formatter(std::make_unique<spdlog::pattern_formatter>(
      format_ == LogFormat::kJson ? kJsonPattern : kTextPattern, spdlog::pattern_time_type::utc));
  logger_ = std::make_shared<spdlog::async_logger>("signet", std::move(target), writer_,
                                                   spdlog::async_overflow_policy::overrun_oldest);
  logger_->set_level(spdlog::level::trace);  // What is written is our own matter.
}

BrokerLog::~BrokerLog() = default;

void BrokerLog::Write(LogLevel level, std::string_view event,
                      std::initializer_list<LogField> fields) {
  if (level < least_.load(std::memory_order_relaxed)) return;
  const std::string line =
      format_ == LogFormat::kJson ? JsonMembers(event, fields) : TextLine(event, fields);
  logger_->log(LevelOf(level), spdlog::string_view_t(line.data(), line.size()));
}

size_t BrokerLog::dropped() const { return writer_->overrun_counter(); }

}  // namespace signet
