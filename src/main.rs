fn main() -> std::process::ExitCode {
    xiaoqu::cli::run()
}
